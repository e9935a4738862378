using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>One page of the list: <c>{"data","has_more","first_id","last_id"}</c>.</summary>
internal static class MessageBatchPage
{
    /// <param name="all">Every visible batch, newest first.</param>
    /// <param name="toWire">A batch as it is sent.</param>
    /// <param name="afterId">The last id of the page before; null for none. An unknown one is refused.</param>
    /// <param name="beforeId">The first id of the page behind, which is wanted backwards; null for none.</param>
    /// <param name="limit">Entries of a page.</param>
    public static IResult Of(IReadOnlyList<MessageBatch> all, Func<MessageBatch, object> toWire, string? afterId, string? beforeId, int limit)
    {
        if (afterId is not null && beforeId is not null)
        {
            return AnthropicError.Invalid("Only one of after_id and before_id may be given.");
        }
        if ((afterId ?? beforeId) is not { } cursor)
        {
            return Page(all, toWire, 0, Math.Min(limit, all.Count), hasMore: limit < all.Count);
        }
        var at = all.ToList().FindIndex(batch => batch.Id == cursor);
        if (at < 0)
        {
            return AnthropicError.Invalid($"{(afterId is null ? "before_id" : "after_id")}: there is no batch '{cursor}'.");
        }
        return afterId is not null
            ? Page(all, toWire, at + 1, Math.Min(at + 1 + limit, all.Count), hasMore: at + 1 + limit < all.Count)
            : Page(all, toWire, Math.Max(at - limit, 0), at, hasMore: at > limit);
    }

    private static IResult Page(IReadOnlyList<MessageBatch> all, Func<MessageBatch, object> toWire, int start, int end, bool hasMore)
    {
        List<MessageBatch> page = [.. all.Take(start..end)];
        return JsonAnswer.Ok(new
        {
            data = page.Select(toWire),
            has_more = hasMore,
            first_id = page.Count > 0 ? page[0].Id : null,
            last_id = page.Count > 0 ? page[^1].Id : null,
        });
    }
}
