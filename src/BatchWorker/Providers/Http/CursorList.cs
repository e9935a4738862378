using System.Text.Json;

namespace BatchWorker.Providers.Http;

/// <summary>Walks a cursor list of OpenAI or Anthropic page by page; a page that cannot be read is a failure, never an end.</summary>
/// <param name="http">The provider.</param>
/// <param name="path">The list, with its filters.</param>
/// <param name="cursor">The parameter that takes the last id of the page before.</param>
/// <param name="pageSize">Most items of a page.</param>
internal sealed class CursorList(ProviderHttp http, string path, string cursor, int pageSize)
{
    private string? _after;

    /// <summary>True after the last page.</summary>
    public bool IsAtEnd { get; private set; }

    public async Task<Answer<IReadOnlyList<JsonElement>>> NextAsync(CancellationToken cancellationToken)
    {
        var answer = await http.ReadAsync(HttpMethod.Get, Address(), cancellationToken);
        if (answer.Value is not { } page)
        {
            return answer.Failure!;
        }
        if (page.ReadObject() is not { } list || list.Items("data") is not { } items || list.Flag("has_more") is not { } hasMore)
        {
            return http.Failures.Unreadable("A list page lacks its data or says not whether there is more.");
        }
        IsAtEnd = !hasMore;
        return Advance(list, items)
            ? new Answer<IReadOnlyList<JsonElement>>(items, null)
            : http.Failures.Unreadable("A list says that there is more, but not after what.");
    }

    private string Address()
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var address = $"{path}{separator}limit={pageSize}";
        return _after is null ? address : $"{address}&{cursor}={Uri.EscapeDataString(_after)}";
    }

    /// <summary>Moves the cursor; false when there is more, but no way to it.</summary>
    private bool Advance(JsonElement list, IReadOnlyList<JsonElement> items)
    {
        var last = list.Text("last_id") ?? (items is [.., var item] ? item.Text("id") : null);
        var moved = last is not null && last != _after;
        _after = last;
        return IsAtEnd || moved;
    }
}
