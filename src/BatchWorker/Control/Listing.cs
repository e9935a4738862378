using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using BatchWorker.Intake;

namespace BatchWorker.Control;

/// <summary>One page: items, and the number below which the list goes on.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, long? Next);

/// <summary>Answers lists: pages of JSON with opaque cursors, or the whole list as NDJSON.</summary>
internal static class Listing
{
    public const string Ndjson = "application/x-ndjson";
    private const int DefaultLimit = 100;
    private const int MostItems = 1000;

    public static async Task<IResult> AnswerAsync<T>(HttpContext context, string list, Func<long, int, Task<Page<T>>> read, JsonTypeInfo<ListAnswer<T>> pageType, JsonTypeInfo<T> itemType)
    {
        if (!TryReadPaging(context.Request.Query, list, long.MaxValue, out var below, out var limit, out var error))
        {
            return Problem.Invalid(error);
        }
        if (!WantsNdjson(context.Request))
        {
            var page = await read(below, limit);
            return TypedResults.Json(new ListAnswer<T>(page.Items, page.Next is { } next ? CursorOf(list, next) : null), pageType);
        }
        return new NdjsonStream(async stream =>
        {
            for (long? from = below; from is { } number;)
            {
                var page = await read(number, MostItems);
                foreach (var item in page.Items)
                {
                    await stream.WriteAsync(item, itemType);
                }
                from = page.Next;
            }
        });
    }

    public static bool WantsNdjson(HttpRequest request) =>
        request.GetTypedHeaders().Accept?.Any(accepted => accepted.MediaType.Equals(Ndjson, StringComparison.OrdinalIgnoreCase)) == true;

    /// <summary>A cursor names its list: one of another list is refused, not misread.</summary>
    public static string CursorOf(string list, long number) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{list}:{number}")));

    public static bool TryReadPaging(IQueryCollection query, string list, long start, out long from, out int limit, out FieldError error)
    {
        from = start;
        limit = DefaultLimit;
        error = new FieldError("/limit", $"A whole number from 1 to {MostItems} is expected.");
        if (query.TryGetValue("limit", out var asked)
            && !(int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MostItems))
        {
            return false;
        }
        error = new FieldError("/cursor", "This is no cursor of this list.");
        return !query.TryGetValue("cursor", out var cursor) || TryReadCursor(list, cursor.ToString(), out from);
    }

    private static bool TryReadCursor(string list, string cursor, out long number)
    {
        number = 0;
        var text = Base64Url.IsValid(cursor) ? Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)) : "";
        return text.StartsWith(list + ":", StringComparison.Ordinal)
            && long.TryParse(text[(list.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
