using System.Runtime.CompilerServices;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>
/// The results of an ended batch, streamed. Either file may be missing: a batch may complete with failures only
/// (openai-cookbook#1564), and an expired or cancelled one may have answers that were paid for.
/// </summary>
internal sealed class OpenAiResults(LineDownload download, OpenAiResultReader reader)
{
    public async IAsyncEnumerable<ResultLine> ReadAsync(ProviderBatch batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var file in new[] { batch.OutputFileId, batch.ErrorFileId }.OfType<string>())
        {
            await foreach (var line in download.ReadAsync($"files/{Uri.EscapeDataString(file)}/content", cancellationToken))
            {
                if (reader.Read(line) is { } result)
                {
                    yield return result;
                }
            }
        }
    }
}
