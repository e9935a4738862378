using System.Text.Json;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Gemini;

/// <summary>Walks one of Gemini's lists page by page; a page that cannot be read is a failure, never an end.</summary>
/// <param name="http">The provider.</param>
/// <param name="path">The list.</param>
/// <param name="field">Where a page has its items; an empty page lacks it.</param>
/// <param name="pageSize">Most items of a page.</param>
internal sealed class GeminiList(ProviderHttp http, string path, string field, int pageSize)
{
    private string? _token;

    /// <summary>True after the last page.</summary>
    public bool IsAtEnd { get; private set; }

    public async Task<Answer<IReadOnlyList<JsonElement>>> NextAsync(CancellationToken cancellationToken)
    {
        var answer = await http.ReadAsync(HttpMethod.Get, Address(), cancellationToken);
        if (answer.Value is not { } page)
        {
            return answer.Failure!;
        }
        if (page.ReadObject() is not { } list || ItemsOf(list) is not { } items)
        {
            return http.Failures.Unreadable("A list page could not be read or does not hold all that it should.");
        }
        var next = list.Text("nextPageToken");
        if (next is not null && next == _token)
        {
            return http.Failures.Unreadable("A list says that there is more, but not where.");
        }
        IsAtEnd = next is null;
        _token = next;
        return new Answer<IReadOnlyList<JsonElement>>(items, null);
    }

    private string Address()
    {
        var address = $"{path}?pageSize={pageSize}";
        return _token is null ? address : $"{address}&pageToken={Uri.EscapeDataString(_token)}";
    }

    /// <summary>Null for a page with an error, or with parts that Google could not reach (ListOperationsResponse.unreachable).</summary>
    private IReadOnlyList<JsonElement>? ItemsOf(JsonElement list) =>
        list.TryGetProperty("error", out _) || list.Items("unreachable") is { Count: > 0 } ? null
        : list.TryGetProperty(field, out _) ? list.Items(field)
        : [];
}
