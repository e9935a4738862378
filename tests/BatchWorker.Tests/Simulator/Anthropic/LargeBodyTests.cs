using System.Net;
using System.Text;
using static BatchWorker.Tests.Simulator.Anthropic.SimulatedAnthropic;

namespace BatchWorker.Tests.Simulator.Anthropic;

internal sealed class LargeBodyTests
{
    private const int Count = 100_000;
    private const int Size = 2_550;

    [Test]
    public async Task A_body_of_255_megabytes_and_100_000_requests_is_taken_with_little_memory()
    {
        await using var anthropic = await StartAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var content = new GeneratedBody();
        var (status, batch) = await anthropic.SendAsync(HttpMethod.Post, "", content);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.That(status, Is.EqualTo(200), batch.ToString());
        Assert.That(content.Sent, Is.GreaterThan(250_000_000));
        Assert.That(content.Highest - before, Is.LessThan(64 << 20), "while it came in");
        Assert.That(after - before, Is.LessThan(32 << 20), "once it was there");
        Assert.That(Counts(await anthropic.EndedAsync(Id(batch))), Is.EqualTo(Counts(succeeded: Count)));
        using var results = await anthropic.Http.GetAsync($"anthropic/v1/messages/batches/{Id(batch)}/results", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await results.Content.ReadAsStreamAsync());
        var lines = 0;
        while (await reader.ReadLineAsync() is { })
        {
            lines++;
        }
        Assert.That(lines, Is.EqualTo(Count));
    }

    /// <summary>Makes the body while it is sent, and looks at the memory from time to time.</summary>
    private sealed class GeneratedBody : HttpContent
    {
        private static readonly string Filling = new('x', Size - Encoding.UTF8.GetByteCount(Request("job-00000", "")) - 1);

        public long Sent { get; private set; }

        /// <summary>The most memory that was in use.</summary>
        public long Highest { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await WriteAsync(stream, """{"requests":[""");
            for (var i = 0; i < Count; i++)
            {
                await WriteAsync(stream, $"{(i > 0 ? "," : "")}{Request($"job-{i:d5}", Filling)}");
                Highest = i % 5_000 == 0 ? Math.Max(Highest, GC.GetTotalMemory(forceFullCollection: true)) : Highest;
            }
            await WriteAsync(stream, "]}");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        private ValueTask WriteAsync(Stream stream, string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Sent += bytes.Length;
            return stream.WriteAsync(bytes);
        }
    }
}
