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
    private const string CursorForm = "v1:";

    public static async Task<IResult> AnswerAsync<T>(HttpContext context, Func<long, int, Task<Page<T>>> read, JsonTypeInfo<ListAnswer<T>> pageType, JsonTypeInfo<T> itemType)
    {
        if (!TryReadPaging(context.Request.Query, out var below, out var limit, out var error))
        {
            return Problem.Invalid(error);
        }
        if (!WantsNdjson(context.Request))
        {
            var page = await read(below, limit);
            return TypedResults.Json(new ListAnswer<T>(page.Items, page.Next is { } next ? CursorOf(next) : null), pageType);
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

    public static string CursorOf(long number) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(CursorForm + number.ToString(CultureInfo.InvariantCulture))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static bool TryReadPaging(IQueryCollection query, out long from, out int limit, out FieldError error) =>
        TryReadPaging(query, long.MaxValue, out from, out limit, out error);

    public static bool TryReadPaging(IQueryCollection query, long start, out long from, out int limit, out FieldError error)
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
        return !query.TryGetValue("cursor", out var cursor) || TryReadCursor(cursor.ToString(), out from);
    }

    private static bool TryReadCursor(string cursor, out long number)
    {
        number = 0;
        var padded = cursor.Replace('-', '+').Replace('_', '/').PadRight((cursor.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out var length)
            && Encoding.ASCII.GetString(bytes, 0, length) is var text
            && text.StartsWith(CursorForm, StringComparison.Ordinal)
            && long.TryParse(text[CursorForm.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
