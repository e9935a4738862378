using System.Runtime.CompilerServices;
using System.Text.Json;

namespace BatchWorker.Providers.Http;

/// <summary>Streams a file of JSON lines from a provider.</summary>
/// <param name="http">The provider.</param>
/// <param name="longest">Most bytes of one line; longer ones come cut.</param>
/// <param name="timeouts">The longest silence, and what is too much.</param>
/// <param name="time">The clock of <paramref name="timeouts"/>.</param>
internal sealed class LineDownload(ProviderHttp http, int longest, ProviderTimeouts timeouts, TimeProvider time)
{
    /// <summary>All lines; throws <see cref="ProviderReadException"/> when the file ends before its end.</summary>
    public IAsyncEnumerable<Line> ReadAsync(string path, CancellationToken cancellationToken) =>
        ReadAsync(token => http.OpenAsync(path, token), cancellationToken);

    /// <summary>The same of a download that the caller opens.</summary>
    public async IAsyncEnumerable<Line> ReadAsync(Func<CancellationToken, Task<HttpResponseMessage>> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await open(cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var lines = new LineReader(stream, longest);
        var pace = new DownloadPace(timeouts, time);
        do
        {
            while (lines.TryRead(out var line))
            {
                yield return line.IsTerminated || TellsItsEnd(response) || IsWhole(line) ? line : throw Lost("response_ended");
            }
        }
        while (await FillAsync(lines, pace, cancellationToken));
    }

    private async ValueTask<bool> FillAsync(LineReader lines, DownloadPace pace, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeouts.Idle, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var began = time.GetTimestamp();
            var isMore = await lines.FillAsync(either.Token);
            return pace.Judge(began, lines.Received) is { } reason ? throw Lost(reason) : isMore;
        }
        catch (Exception fault) when (ProviderFailures.IsExpected(fault) && !cancellationToken.IsCancellationRequested)
        {
            throw Lost(ProviderFailures.CodeOf(fault));
        }
    }

    /// <summary>Without a length or chunks a cut stream looks like a complete one (RFC 9112 §6.3); only its last line can tell.</summary>
    private static bool TellsItsEnd(HttpResponseMessage response) =>
        response.Content.Headers.ContentLength is not null || response.Headers.TransferEncodingChunked is true;

    private static bool IsWhole(Line line)
    {
        try
        {
            var reader = new Utf8JsonReader(line.Bytes.Span);
            return reader.Read() && reader.TrySkip();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ProviderReadException Lost(string code) =>
        new(new ProviderFailure(FailureKind.Unavailable, code, "The download ended early."));
}
