using System.Text;
using System.Text.Json;
using BatchWorker.Providers;
using BatchWorker.Providers.Anthropic;

namespace BatchWorker.Tests.Providers.Anthropic;

/// <summary>The body that is made from the spool while it is sent.</summary>
internal sealed class BodyTests
{
    private string _spool = "";

    [SetUp]
    public void Spool() => _spool = Path.GetTempFileName();

    [TearDown]
    public void Delete() => File.Delete(_spool);

    [TestCase(1), TestCase(2), TestCase(5_000)]
    public async Task It_is_json_of_the_length_that_is_announced_whatever_falls_on_the_edge_of_a_buffer(int count)
    {
        var lines = Enumerable.Range(0, count).Select(i => $$$"""{"custom_id":"job_{{{i}}}","params":{"t":"{{{new string('é', i % 97)}}}"}}""").ToArray();
        await File.WriteAllTextAsync(_spool, string.Concat(lines.Select(line => line + "\n")));
        using var body = AnthropicBody.Open(Spooled(_spool))!;
        using var sent = new MemoryStream();
        await body.CopyToAsync(sent);

        Assert.That(body.Headers.ContentLength, Is.EqualTo(sent.Length));
        Assert.That(Encoding.UTF8.GetString(sent.ToArray()), Is.EqualTo($$"""{"requests":[{{string.Join(',', lines)}}]}"""));
        using var json = JsonDocument.Parse(sent.ToArray());
        Assert.That(json.RootElement.GetProperty("requests").GetArrayLength(), Is.EqualTo(count));
    }

    [Test]
    public async Task A_batch_at_the_limit_is_sent_with_exactly_so_many_bytes_and_flat_memory()
    {
        var limit = AnthropicRequest.Limits.MaxBytes;
        await using (var file = File.OpenWrite(_spool))
        {
            file.SetLength(limit);
        }
        using var body = AnthropicBody.Open(Spooled(_spool))!;
        Assert.That(body.Headers.ContentLength, Is.EqualTo(256_000_000));

        var before = GC.GetTotalAllocatedBytes();
        await using var sink = new CountingStream();
        await body.CopyToAsync(sink);
        Assert.That(sink.Length, Is.EqualTo(256_000_000));
        Assert.That(sink.LargestWrite, Is.LessThan(1 << 20));
        Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(64 << 20));
    }

    private static SpooledFile Spooled(string path) => new(path, "bw.jsonl", new FileInfo(path).Length, new string('a', 64));

    /// <summary>Takes everything and keeps nothing.</summary>
    private sealed class CountingStream : Stream
    {
        private long _length;

        public int LargestWrite { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            _length += count;
            LargestWrite = Math.Max(LargestWrite, count);
        }
    }
}
