using System.Text.Json;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Gemini;

/// <summary>Finds what a create call with an unknown outcome may have made.</summary>
internal sealed class GeminiSearch(ProviderHttp http, GeminiBatchReader reader, GeminiBatches batches)
{
    private const int PageSize = 100;

    /// <summary>Two million batches; then something else is wrong.</summary>
    private const int MostPages = 20_000;

    /// <summary>
    /// Pages to the end, since the order of the list is not documented. A page that fails fails the search:
    /// a batch that was not seen must not be taken for one that does not exist.
    /// </summary>
    public async Task<Answer<IReadOnlyList<ProviderBatch>>> FindAsync(SubmissionTrace trace, CancellationToken cancellationToken)
    {
        var list = new GeminiList(http, GeminiPath.Batches, "operations", PageSize);
        var matches = new List<ProviderBatch>();
        for (var page = 0; !list.IsAtEnd; page++)
        {
            var answer = page < MostPages ? await NextAsync(list, cancellationToken) : http.Failures.Unreadable("The list of batches does not end.");
            if (answer.Value is not { } found)
            {
                return answer.Failure!;
            }
            matches.AddRange(found.Where(batch => batch.Tag == trace.Tag));
        }
        return new Answer<IReadOnlyList<ProviderBatch>>([.. matches.OrderBy(batch => batch.CreatedAt)], null);
    }

    private async Task<Answer<IReadOnlyList<ProviderBatch>>> NextAsync(GeminiList list, CancellationToken cancellationToken)
    {
        var answer = await list.NextAsync(cancellationToken);
        if (answer.Value is not { } operations)
        {
            return answer.Failure!;
        }
        var found = new List<ProviderBatch>(operations.Count);
        foreach (var operation in operations)
        {
            var read = await ReadAsync(operation, cancellationToken);
            if (read.Value is not { } batch)
            {
                return read.Failure!;
            }
            found.Add(batch);
        }
        return new Answer<IReadOnlyList<ProviderBatch>>(found, null);
    }

    /// <summary>A batch without metadata is asked for once more: it may be ours. One that keeps its name to itself leaves the outcome unknown.</summary>
    private async Task<Answer<ProviderBatch>> ReadAsync(JsonElement operation, CancellationToken cancellationToken)
    {
        if (reader.Read(operation) is not { } listed)
        {
            return http.Failures.Unreadable("A list page holds something that is no batch.");
        }
        if (operation.Object("metadata") is not null)
        {
            return listed;
        }
        var answer = await batches.GetAsync(listed.Id, cancellationToken);
        return answer.Value is { Tag: null, CreatedAt: null } ? http.Failures.Unreadable("A batch has no metadata, so whose it is can not be told.")
            : answer.Failure is { Kind: FailureKind.NotFound } ? listed
            : answer;
    }
}
