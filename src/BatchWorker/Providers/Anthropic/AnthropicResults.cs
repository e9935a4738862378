using System.Runtime.CompilerServices;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Anthropic;

/// <summary>
/// The results of an ended batch, streamed, in any order. The address is made from our base URL and not taken from <c>results_url</c>:
/// the key goes to no host that an answer names.
/// </summary>
internal sealed class AnthropicResults(LineDownload download, AnthropicResultReader reader)
{
    public async IAsyncEnumerable<ResultLine> ReadAsync(ProviderBatch batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in download.ReadAsync(AnthropicBatches.AddressOf(batch.Id) + "/results", cancellationToken))
        {
            if (reader.Read(line) is { } result)
            {
                yield return result;
            }
        }
    }
}
