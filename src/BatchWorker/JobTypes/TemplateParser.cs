using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace BatchWorker.JobTypes;

/// <summary>
/// Reads templates: a provider's request as JSON without its model, with <c>{{field}}</c> in its texts. In JSON two braces in a row
/// only stand inside strings, so the text is cut where they are. Whoever means two braces writes <c>\u007b{</c>.
/// </summary>
internal static class TemplateParser
{
    /// <summary>Requests are known by it, so no short form has a member of this name.</summary>
    public const string Model = "model";

    private const int MaxDepth = 30;
    private const int LongestName = 64;

    private static ReadOnlySpan<byte> Open => "{{"u8;

    private static ReadOnlySpan<byte> Close => "}}"u8;

    public static bool TryParse(string model, string text, [NotNullWhen(true)] out Template? template, [NotNullWhen(false)] out string? fault)
    {
        template = null;
        var json = Encoding.UTF8.GetBytes(text);
        fault = FindFault(json);
        if (fault is not null)
        {
            return false;
        }
        var body = json.AsMemory(json.IndexOf((byte)'{') + 1);
        var fields = new List<string>();
        var parts = new List<TemplatePart> { TemplatePart.Of(Encoding.UTF8.GetBytes($"{{\"{Model}\":\"{JsonEncodedText.Encode(model)}\",")) };
        fault = Cut(body, fields, parts);
        template = fault is null ? new Template(fields, parts) : null;
        return template is not null;
    }

    private static string? FindFault(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind != JsonValueKind.Object ? "a JSON object is expected."
                : document.RootElement.TryGetProperty(Model, out _) ? "the model has a key of its own."
                : HasFieldInName(document.RootElement) ? "a field can not stand in the name of a member."
                : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException) // a name with half a surrogate pair can not be read
        {
            return "valid JSON is expected, with {{field}} only inside strings.";
        }
    }

    private static bool HasFieldInName(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Any(member => member.Name.Contains("{{", StringComparison.Ordinal) || HasFieldInName(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().Any(HasFieldInName),
        _ => false,
    };

    private static string? Cut(ReadOnlyMemory<byte> body, List<string> fields, List<TemplatePart> parts)
    {
        for (var open = body.Span.IndexOf(Open); open >= 0; open = body.Span.IndexOf(Open))
        {
            var length = body.Span[open..].IndexOf(Close);
            var name = length < 0 ? "" : Encoding.UTF8.GetString(body.Span[(open + Open.Length)..(open + length)].Trim((byte)' '));
            if (!IsName(name))
            {
                return "{{ must be followed by the name of a field and }}.";
            }
            if (name == Model)
            {
                return "no field can be called model: requests are known by it.";
            }
            var end = open + length + Close.Length;
            var quote = IsQuoted(body.Span, open, end) ? 1 : 0;
            parts.Add(TemplatePart.Of(body[..(open - quote)]));
            parts.Add(new TemplatePart(default, NumberOf(name, fields), IsWhole: quote == 1));
            body = body[(end + quote)..];
        }
        parts.Add(TemplatePart.Of(body));
        return fields.Count == 0 ? "at least one {{field}} is expected." : null;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.');

    /// <summary>Whether the field is all that stands between two quotes that are not escaped.</summary>
    private static bool IsQuoted(ReadOnlySpan<byte> body, int open, int end)
    {
        var before = body[..open];
        return end < body.Length && body[end] == '"' && before.EndsWith("\""u8) && (before.Length - 1 - before[..^1].TrimEnd((byte)'\\').Length) % 2 == 0;
    }

    private static int NumberOf(string name, List<string> fields)
    {
        var known = fields.IndexOf(name);
        if (known >= 0)
        {
            return known;
        }
        fields.Add(name);
        return fields.Count - 1;
    }
}
