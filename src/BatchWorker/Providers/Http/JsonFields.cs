using System.Text.Json;

namespace BatchWorker.Providers.Http;

/// <summary>Reads fields of a provider's object; what is absent or of another type counts as null.</summary>
internal static class JsonFields
{
    /// <summary>A text; an empty one counts as none (OpenAI sends <c>""</c> for files that do not exist, tobert/kaibo#93).</summary>
    public static string? Text(this JsonElement parent, string name) =>
        parent.Field(name) is { ValueKind: JsonValueKind.String } field && Decode(field) is { Length: > 0 } text ? text : null;

    /// <summary>A whole number that is not negative.</summary>
    public static long? Count(this JsonElement parent, string name) =>
        parent.Field(name) is { ValueKind: JsonValueKind.Number } field && field.TryGetInt64(out var number) && number >= 0 ? number : null;

    /// <summary>A moment given in seconds since 1970.</summary>
    public static DateTimeOffset? Time(this JsonElement parent, string name) =>
        parent.Count(name) is > 0 and < 253_402_300_800 and var seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>A moment given as RFC 3339 text.</summary>
    public static DateTimeOffset? Moment(this JsonElement parent, string name) =>
        parent.Field(name) is { ValueKind: JsonValueKind.String } field && field.TryGetDateTimeOffset(out var moment) ? moment : null;

    /// <summary>True or false.</summary>
    public static bool? Flag(this JsonElement parent, string name) =>
        parent.Field(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } field ? field.GetBoolean() : null;

    /// <summary>An object.</summary>
    public static JsonElement? Object(this JsonElement parent, string name) =>
        parent.Field(name) is { ValueKind: JsonValueKind.Object } field ? field : null;

    /// <summary>The elements of an array; null when there is none.</summary>
    public static IReadOnlyList<JsonElement>? Items(this JsonElement parent, string name) =>
        parent.Field(name) is { ValueKind: JsonValueKind.Array } field ? [.. field.EnumerateArray()] : null;

    /// <summary>Whether every name in it can be read: half a surrogate pair passes the parser.</summary>
    public static bool HasReadableNames(this JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Object => value.EnumerateObject().All(member => member.Name is not null && member.Value.HasReadableNames()),
                JsonValueKind.Array => value.EnumerateArray().All(HasReadableNames),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>A field of any kind; null too where it meets a name that can not be read.</summary>
    public static JsonElement? Field(this JsonElement parent, string name)
    {
        try
        {
            return parent.ValueKind is JsonValueKind.Object && parent.TryGetProperty(name, out var field) ? field : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Decode(JsonElement field)
    {
        try
        {
            return field.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // a lone surrogate passes the parser and fails only here
        }
    }
}
