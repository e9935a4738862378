using System.IO.Compression;
using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Providers.OpenAi;

/// <summary>Answers that would cost memory or time without end. Nothing is unpacked, all has a size and a time.</summary>
[CancelAfter(30_000)]
internal sealed class HostileAnswerTests
{
    private const string Endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    [Test]
    public async Task An_endless_answer_is_cut_at_its_size(CancellationToken cancellationToken)
    {
        await using var server = Serving(SendForEverAsync);
        using var client = new OpenAiClient(server.BaseUrl, timeouts: OpenAiClient.Quick with { Retries = 1 });
        var failure = (await client.Provider.GetAsync("b", cancellationToken)).Failure!;
        Assert.That((failure.Kind, failure.Code), Is.EqualTo((FailureKind.Unavailable, "answer_too_long")));
    }

    [Test]
    public async Task An_endless_answer_to_the_create_call_leaves_it_unknown(CancellationToken cancellationToken)
    {
        await using var server = Serving(SendForEverAsync);
        using var client = new OpenAiClient(server.BaseUrl);
        Assert.That(await client.CreateAsync(cancellationToken), Is.EqualTo(new CreateOutcome.Unknown("answer_too_long")));
    }

    [Test]
    public async Task An_answer_to_the_create_call_that_drips_leaves_it_unknown_when_its_time_is_over(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        using var dripped = new SemaphoreSlim(0);
        await using var server = Serving(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{");
            while (true)
            {
                var pause = Task.Delay(TimeSpan.FromSeconds(10), time, connection.Stop);
                dripped.Release();
                await pause;
                await connection.SendAsync(" ");
            }
        });
        using var client = new OpenAiClient(server.BaseUrl, time);
        var create = client.CreateAsync(cancellationToken);
        for (var drop = 0; drop < OpenAiClient.Quick.Create / TimeSpan.FromSeconds(10); drop++)
        {
            await dripped.WaitAsync(cancellationToken);
            Assert.That(create.IsCompleted, Is.False);
            time.Advance(TimeSpan.FromSeconds(10));
        }
        Assert.That(await create, Is.EqualTo(new CreateOutcome.Unknown("timeout")));
    }

    [Test]
    public async Task What_was_packed_without_being_asked_for_is_not_unpacked(CancellationToken cancellationToken)
    {
        await using var server = Serving(connection => connection.SendAsync(Packed("""{"id":"b","status":"in_progress"}""" + new string(' ', 64 << 20))));
        using var client = new OpenAiClient(server.BaseUrl);
        Assert.That((await client.Provider.GetAsync("b", cancellationToken)).Failure!.Code, Is.EqualTo("unreadable_answer"));
        Assert.That(await client.CreateAsync(cancellationToken), Is.EqualTo(new CreateOutcome.Unknown("unreadable_answer")));
    }

    [Test]
    public async Task Packed_results_are_garbled_lines(CancellationToken cancellationToken)
    {
        var line = """{"custom_id":"job_1","response":{"status_code":200,"body":{}},"error":null}""" + "\n";
        await using var server = Serving(connection => connection.SendAsync(Packed(string.Concat(Enumerable.Repeat(line, 500_000)))));
        using var client = new OpenAiClient(server.BaseUrl);
        var batch = new ProviderBatch { Id = "b", Phase = ProviderPhase.Completed, RawStatus = "completed", OutputFileId = "file-out" };
        var lines = await client.Provider.ReadResultsAsync(batch, cancellationToken).ToListAsync(cancellationToken);
        Assert.That(lines, Is.Not.Empty);
        Assert.That(lines.Select(read => (read.CustomId, read.Outcome)), Has.All.EqualTo(((string?)null, Outcome.Missing)));
    }

    private static RawServer Serving(Func<RawConnection, Task> answer) => new(async connection =>
    {
        await connection.ReadRequestAsync();
        await answer(connection);
    });

    private static async Task SendForEverAsync(RawConnection connection)
    {
        var chunk = $"10000\r\n{new string(' ', 0x10000)}\r\n";
        await connection.SendAsync(Endless);
        while (true)
        {
            await connection.SendAsync(chunk);
        }
    }

    private static string Packed(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }
        var body = Encoding.Latin1.GetString(packed.ToArray());
        return $"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
    }
}
