using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>Finds what a create call with an unknown outcome may have made.</summary>
internal sealed class OpenAiSearch(ProviderHttp http, OpenAiBatchReader reader)
{
    /// <summary>The parameter that moves on in OpenAI's lists.</summary>
    public const string Cursor = "after";

    private const int PageSize = 100;

    /// <summary>Two million batches, a thousand hours at OpenAI's limit of 2,000 an hour; then something else is wrong.</summary>
    private const int MostPages = 20_000;

    /// <summary>How far our clock and OpenAI's may be apart.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Pages until a whole page is older than the call, since the order of the list is not documented. A page that fails
    /// fails the search: a batch that was not seen must not be taken for one that does not exist.
    /// </summary>
    public async Task<Answer<IReadOnlyList<ProviderBatch>>> FindAsync(SubmissionTrace trace, CancellationToken cancellationToken)
    {
        var since = trace.SentAfter - ClockSlack;
        var list = new CursorList(http, "batches", Cursor, PageSize);
        var matches = new List<ProviderBatch>();
        for (var page = 0; !list.IsAtEnd; page++)
        {
            var answer = page < MostPages ? await NextAsync(list, cancellationToken) : http.Failures.Unreadable("The list of batches does not end.");
            if (answer.Value is not { } batches)
            {
                return answer.Failure!;
            }
            matches.AddRange(batches.Where(batch => IsOurs(batch, trace, since)));
            if (batches.Count > 0 && batches.All(batch => batch.CreatedAt < since))
            {
                break;
            }
        }
        return new Answer<IReadOnlyList<ProviderBatch>>([.. matches.OrderBy(batch => batch.CreatedAt)], null);
    }

    private async Task<Answer<IReadOnlyList<ProviderBatch>>> NextAsync(CursorList list, CancellationToken cancellationToken)
    {
        var answer = await list.NextAsync(cancellationToken);
        if (answer.Value is not { } items)
        {
            return answer.Failure!;
        }
        var batches = items.Select(reader.Read).OfType<ProviderBatch>().ToArray();
        return batches.Length == items.Count
            ? new Answer<IReadOnlyList<ProviderBatch>>(batches, null)
            : http.Failures.Unreadable("A list page holds something that is no batch.");
    }

    /// <summary>Tags are decisive; the input file speaks only for a batch whose metadata is missing.</summary>
    private static bool IsOurs(ProviderBatch batch, SubmissionTrace trace, DateTimeOffset since) => batch.Tag is { } tag
        ? tag == trace.Tag
        : trace.InputFileId is { } input && batch.InputFileId == input && !(batch.CreatedAt < since);
}
