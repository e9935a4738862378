using System.Runtime.CompilerServices;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>Streams the output file and then the error file of an ended batch.</summary>
internal sealed class OpenAiResults(IHttpClientFactory clients, TimeProvider time)
{
    public async IAsyncEnumerable<ResultLine> ReadAsync(ProviderBatch batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var file in new[] { batch.OutputFileId, batch.ErrorFileId }.OfType<string>())
        {
            await foreach (var line in ReadFileAsync(file, cancellationToken))
            {
                yield return line;
            }
        }
    }

    private async IAsyncEnumerable<ResultLine> ReadFileAsync(string file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await OpenAsync(file, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var lines = LineReader.ReadAsync(stream, time, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveAsync(lines, cancellationToken))
        {
            if (!lines.Current.Span.Trim(" \t\r"u8).IsEmpty)
            {
                yield return ResultLineReader.Read(lines.Current);
            }
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(string file, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"files/{Uri.EscapeDataString(file)}/content");
        try
        {
            var response = await clients.CreateClient(ProviderClients.Reads(OpenAiServices.ClientName)).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }
            using (response)
            {
                throw new ProviderReadException(await HttpFailures.OfAsync(response, time.GetUtcNow(), cancellationToken));
            }
        }
        catch (Exception failure) when (HttpFailures.IsExpected(failure, cancellationToken))
        {
            throw new ProviderReadException(HttpFailures.Of(failure));
        }
    }

    private static async ValueTask<bool> MoveAsync(IAsyncEnumerator<ReadOnlyMemory<byte>> lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.MoveNextAsync();
        }
        catch (Exception failure) when (HttpFailures.IsExpected(failure, cancellationToken))
        {
            throw new ProviderReadException(HttpFailures.Of(failure));
        }
    }
}
