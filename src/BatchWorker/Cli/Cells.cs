using System.Globalization;
using System.Text.Json;

namespace BatchWorker.Cli;

/// <summary>How values of the API are shown to a person.</summary>
internal static class Cells
{
    public const string None = "-";

    /// <summary>The value at a path such as <c>counts.failed</c>; null when it is null or not there.</summary>
    public static JsonElement? Find(JsonElement item, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(name, out item))
            {
                return null;
            }
        }
        return item.ValueKind == JsonValueKind.Null ? null : item;
    }

    /// <summary>A text; empty for none.</summary>
    public static string Text(JsonElement item, string path) =>
        Find(item, path) is { } value ? Clean(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()) : "";

    public static IEnumerable<JsonElement> Each(JsonElement item, string path) =>
        Find(item, path) is { ValueKind: JsonValueKind.Array } values ? values.EnumerateArray() : [];

    public static string Number(JsonElement item, string path) =>
        Find(item, path) is { ValueKind: JsonValueKind.Number } value ? value.GetDecimal().ToString("#,0.##", CultureInfo.InvariantCulture) : None;

    public static decimal Amount(JsonElement item, string path) => Find(item, path) is { ValueKind: JsonValueKind.Number } value ? value.GetDecimal() : 0;

    public static string Dollars(JsonElement item, string path) => Find(item, path) is { ValueKind: JsonValueKind.Number } value ? Dollars(value.GetDecimal()) : None;

    /// <summary>Cents are enough, unless there are none.</summary>
    public static string Dollars(decimal amount) => (amount is > -1 and < 1 ? "$0.000000" : "$#,0.00") is var form && amount < 0
        ? "-" + (-amount).ToString(form, CultureInfo.InvariantCulture)
        : amount.ToString(form, CultureInfo.InvariantCulture);

    /// <summary>A time of the API; null for none.</summary>
    public static DateTimeOffset? Moment(JsonElement item, string path) =>
        Find(item, path) is { ValueKind: JsonValueKind.String } value && value.TryGetDateTimeOffset(out var time) ? time : null;

    public static string Time(JsonElement item, string path) => Time(Moment(item, path));

    public static string Time(DateTimeOffset? time) => time is { } known ? known.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) : None;

    /// <summary>A length of time in the unit that fits.</summary>
    public static string Span(TimeSpan span) => span < TimeSpan.Zero ? "-" + Span(-span)
        : span.TotalSeconds < 100 ? In(span.TotalSeconds, "0", "s")
        : span.TotalMinutes < 100 ? In(span.TotalMinutes, "0", "min")
        : span.TotalHours < 100 ? In(span.TotalHours, "0.#", "h")
        : In(span.TotalDays, "0.#", "d");

    /// <summary>What others wrote moves no cursor of a terminal and breaks no line.</summary>
    public static string Clean(string text) => text.Any(IsUnseen) ? string.Concat(text.Select(character => IsUnseen(character) ? ' ' : character)) : text;

    private static bool IsUnseen(char character) => char.IsControl(character)
        || CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string In(double number, string form, string unit) => number.ToString(form, CultureInfo.InvariantCulture) + " " + unit;
}
