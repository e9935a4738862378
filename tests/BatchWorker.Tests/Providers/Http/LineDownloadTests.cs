using System.Text;
using BatchWorker.Providers;
using BatchWorker.Providers.Http;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Providers.Http;

/// <summary>Downloads that never fall silent and never end.</summary>
internal sealed class LineDownloadTests
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new();

    [Test]
    public async Task One_that_drips_is_given_up_and_what_came_is_used()
    {
        var failure = await ReadAsync(new Repeated("{}\n", bytes: 1, pause: () => _time.Advance(s_pause)), new ProviderTimeouts(), out var lines);
        Assert.That((failure.Kind, failure.Code), Is.EqualTo((FailureKind.Unavailable, "too_slow")));
        Assert.That(lines, Has.Count.EqualTo(3), "11 bytes came in 110 s");
    }

    [Test]
    public async Task One_that_is_slow_and_moves_is_read_to_its_end()
    {
        var failure = await ReadAsync(new Repeated("{}\n", bytes: 30_000, pause: () => _time.Advance(s_pause)), new ProviderTimeouts { MostBytes = 3_000_000 }, out _);
        Assert.That(failure.Code, Is.EqualTo("answer_too_long"), "1,000 s at 3 kB/s");
    }

    [TestCase("{}\n")]
    [TestCase("\n")]
    [TestCase("no newline")]
    public async Task One_without_an_end_is_given_up(string piece)
    {
        var failure = await ReadAsync(new Repeated(piece, bytes: 60_000, pause: () => { }), new ProviderTimeouts { MostBytes = 1 << 20 }, out _);
        Assert.That((failure.Kind, failure.Code), Is.EqualTo((FailureKind.Unavailable, "answer_too_long")));
    }

    private Task<ProviderFailure> ReadAsync(Stream body, ProviderTimeouts timeouts, out List<Line> lines)
    {
        var read = lines = [];
        var download = new LineDownload(null!, 1 << 10, timeouts, _time);
        return FailAsync();

        async Task<ProviderFailure> FailAsync()
        {
            try
            {
                await foreach (var line in download.ReadAsync(_ => Task.FromResult(new HttpResponseMessage { Content = new StreamContent(body) }), CancellationToken.None))
                {
                    read.Add(line);
                }
            }
            catch (ProviderReadException given)
            {
                return given.Failure;
            }
            throw new AssertionException("It was read to an end that it does not have.");
        }
    }

    /// <summary>The same text for ever, so many bytes at a time.</summary>
    private sealed class Repeated(string text, int bytes, Action pause) : MemoryStream
    {
        private readonly byte[] _text = Encoding.ASCII.GetBytes(text);
        private int _at;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            pause();
            var read = Math.Min(bytes, buffer.Length);
            for (var i = 0; i < read; i++)
            {
                buffer.Span[i] = _text[_at++ % _text.Length];
            }
            return ValueTask.FromResult(read);
        }
    }
}
