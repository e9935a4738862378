using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Anthropic;

/// <summary>
/// Finds what a create call with an unknown outcome may have made. Nothing in the list names us, so these are candidates:
/// younger than the watermark, created in the time of the call, of the same size.
/// </summary>
internal sealed class AnthropicSearch(ProviderHttp http, AnthropicBatchReader reader)
{
    private const string Cursor = "after_id";
    private const int PageSize = 100;

    /// <summary>Two million batches; then something else is wrong.</summary>
    private const int MostPages = 20_000;

    /// <summary>How far our clock and Anthropic's may be apart.</summary>
    private static readonly TimeSpan s_clockSlack = TimeSpan.FromMinutes(10);

    /// <summary>The newest batch of the account, an empty string when there is none. Free of charge.</summary>
    public async Task<Answer<string>> NewestAsync(CancellationToken cancellationToken)
    {
        var answer = await NextAsync(new CursorList(http, AnthropicBatches.Path, Cursor, 1), cancellationToken);
        return answer.Value switch
        {
            null => answer.Failure!,
            [var newest, ..] => newest.Id,
            _ => "",
        };
    }

    /// <summary>
    /// The list is newest first, so whatever stands behind the watermark was there before the call. A page that fails fails the search:
    /// a batch that was not seen must not be taken for one that does not exist.
    /// </summary>
    public async Task<Answer<IReadOnlyList<ProviderBatch>>> FindAsync(SubmissionTrace trace, CancellationToken cancellationToken)
    {
        var since = trace.SentAfter - s_clockSlack;
        var list = new CursorList(http, AnthropicBatches.Path, Cursor, PageSize);
        var candidates = new List<ProviderBatch>();
        var isOver = false;
        for (var page = 0; !list.IsAtEnd && !isOver; page++)
        {
            var answer = page < MostPages ? await NextAsync(list, cancellationToken) : http.Failures.Unreadable("The list of batches does not end.");
            if (answer.Value is not { } batches)
            {
                return answer.Failure!;
            }
            var younger = batches.TakeWhile(batch => batch.Id != trace.Watermark).ToArray();
            candidates.AddRange(younger.Where(batch => IsCandidate(batch, trace)));
            isOver = younger.Length < batches.Count || (batches.Count > 0 && batches.All(batch => batch.CreatedAt < since));
        }
        return new Answer<IReadOnlyList<ProviderBatch>>([.. candidates.OrderBy(batch => batch.CreatedAt)], null);
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

    /// <summary>A time or a size that can not be read excludes nothing.</summary>
    private static bool IsCandidate(ProviderBatch batch, SubmissionTrace trace) =>
        !(batch.CreatedAt < trace.SentAfter - s_clockSlack)
        && !(batch.CreatedAt > trace.EndedBy + s_clockSlack)
        && (batch.RequestCount == 0 || trace.RequestCount == 0 || batch.RequestCount == trace.RequestCount);
}
