using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>One page of a list: <c>{"object":"list","data","first_id","last_id","has_more"}</c>.</summary>
internal static class ListPage
{
    /// <param name="all">Everything in the order of the list.</param>
    /// <param name="idOf">What <paramref name="after"/> names.</param>
    /// <param name="toWire">An entry as it is sent.</param>
    /// <param name="after">The last id of the page before; null for the first page. An unknown one is refused.</param>
    /// <param name="limit">Entries of a page.</param>
    public static IResult Of<T>(IEnumerable<T> all, Func<T, string> idOf, Func<T, object> toWire, string? after, int limit)
    {
        List<T> list = [.. all];
        var start = after is null ? 0 : list.FindIndex(item => idOf(item) == after) + 1;
        if (after is not null && start == 0)
        {
            return OpenAiError.Invalid($"Invalid 'after': no such object: {after}", "after", "invalid_value");
        }
        List<T> page = [.. list.Skip(start).Take(limit)];
        return JsonAnswer.Ok(new
        {
            @object = "list",
            data = page.Select(toWire),
            first_id = page.Count > 0 ? idOf(page[0]) : null,
            last_id = page.Count > 0 ? idOf(page[^1]) : null,
            has_more = start + page.Count < list.Count,
        });
    }
}
