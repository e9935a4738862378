using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace BatchWorker.Simulator.Gemini;

/// <summary>One page of a list, newest first: <c>{MEMBER:[…],"nextPageToken"}</c>; an empty list is an empty object.</summary>
internal static class GeminiPage
{
    private const int DefaultSize = 10;
    private const int MaxSize = 100;

    /// <param name="query">The query: <c>pageSize</c>, cut to 100, and <c>pageToken</c>, in either spelling.</param>
    /// <param name="member">Name of the list.</param>
    /// <param name="newestFirst">Everything that is to be seen.</param>
    /// <param name="sequence">Position in the order of creation: a token names the last one seen, so that what comes or goes meanwhile moves nothing.</param>
    /// <param name="toWire">An entry as it is sent.</param>
    public static IResult Of<T>(IQueryCollection query, string member, IEnumerable<T> newestFirst, Func<T, long> sequence, Func<T, object> toWire)
    {
        if (!TrySize(Parameter(query, "pageSize", "page_size"), out var size))
        {
            return GeminiError.Invalid("* page_size: must not be negative.");
        }
        if (!TryToken(Parameter(query, "pageToken", "page_token"), out var before))
        {
            return GeminiError.Invalid("* page_token: invalid page token.");
        }
        List<T> page = [.. newestFirst.Where(item => sequence(item) < before).Take(size + 1)];
        var answer = new JsonObject();
        if (page.Count > 0)
        {
            answer[member] = new JsonArray([.. page.Take(size).Select(item => (JsonNode)GeminiJson.Node(toWire(item)))]);
        }
        if (page.Count > size)
        {
            answer["nextPageToken"] = Token(sequence(page[size - 1]));
        }
        return GeminiJson.Ok(answer);
    }

    private static string? Parameter(IQueryCollection query, string name, string otherName) =>
        query.TryGetValue(name, out var value) || query.TryGetValue(otherName, out value) ? value.ToString() : null;

    private static bool TrySize(string? text, out int size)
    {
        size = DefaultSize;
        if (text is null)
        {
            return true;
        }
        var isValid = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var wanted) && wanted >= 0;
        size = wanted == 0 ? DefaultSize : Math.Min(wanted, MaxSize);
        return isValid;
    }

    private static string Token(long sequence) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(sequence.ToString(CultureInfo.InvariantCulture)));

    private static bool TryToken(string? token, out long before)
    {
        before = long.MaxValue;
        return string.IsNullOrEmpty(token)
            || (Base64Url.IsValid(token) && long.TryParse(Base64Url.DecodeFromChars(token), NumberStyles.None, CultureInfo.InvariantCulture, out before));
    }
}
