using System.Globalization;
using System.Text.Json;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Gemini;

/// <summary>Google's JSON spelling of numbers (protobuf.dev/programming-guides/json).</summary>
internal static class GeminiFields
{
    /// <summary>A whole number that is not negative: int64 comes as a string, int32 as a number, 0 often not at all.</summary>
    public static long? Whole(this JsonElement parent, string name) =>
        parent.Field(name) is { } field ? WholeOf(field) : null;

    /// <summary>The same of a value.</summary>
    public static long? WholeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out var number) && number >= 0 => number,
        JsonValueKind.String when long.TryParse(value.GetRawText().AsSpan()[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };
}
