using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Gemini;

/// <summary>
/// The results of an ended batch, streamed. The file is never asked for as a file, which fails for its long name
/// (googleapis/js-genai#1227). An expired batch has none (ai.google.dev/gemini-api/docs/batch-api).
/// </summary>
internal sealed class GeminiResults(ProviderHttp http, LineDownload download, GeminiResultReader reader)
{
    public async IAsyncEnumerable<ResultLine> ReadAsync(ProviderBatch batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = batch.OutputFileId is { } file
            ? download.ReadAsync(token => OpenAsync(file, token), cancellationToken)
            : InlinedAsync(batch.Id, cancellationToken);
        await foreach (var line in lines)
        {
            if (reader.Read(line, batch.Phase is ProviderPhase.Cancelled) is { } result)
            {
                yield return result;
            }
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await http.OpenAsync(GeminiPath.Download(file), cancellationToken);
        }
        catch (ProviderReadException refused) when (refused.Failure.Kind is FailureKind.NotFound)
        {
            return await http.OpenAsync(GeminiPath.DownloadWithoutPrefix(file), cancellationToken);
        }
    }

    /// <summary>Answers inside the operation; none where a batch ended without any.</summary>
    private async IAsyncEnumerable<Line> InlinedAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var answer = await http.ReadAsync(HttpMethod.Get, GeminiPath.Batch(id), cancellationToken);
        if (answer.Value is not { } found)
        {
            throw new ProviderReadException(answer.Failure!);
        }
        var operation = found.ReadObject() ?? throw new ProviderReadException(http.Failures.Unreadable("The answer is no batch."));
        foreach (var item in GeminiOutput.InlinedIn(operation))
        {
            yield return new Line(JsonMarshal.GetRawUtf8Value(item).ToArray(), IsCut: false, IsTerminated: true);
        }
    }
}
