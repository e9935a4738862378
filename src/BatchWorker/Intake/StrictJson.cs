using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace BatchWorker.Intake;

/// <summary>JSON that can mean only one thing: UTF-8, no member twice, not deeper than the contract allows.</summary>
internal static class StrictJson
{
    private const int JobDepth = 32;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xef, 0xbb, 0xbf];

    /// <summary>Parses a body, which may begin with a byte order mark; the error when it is none. <paramref name="around"/> is how deep jobs lie in it.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, int around, [NotNullWhen(true)] out JsonDocument? document, [NotNullWhen(false)] out FieldError? error)
    {
        document = null;
        var text = json.Span.StartsWith(ByteOrderMark) ? json[ByteOrderMark.Length..] : json;
        if (!Utf8.IsValid(text.Span))
        {
            error = new FieldError("", "The body is not valid UTF-8.");
            return false;
        }
        try
        {
            error = new StrictWalk(text.Span, JobDepth + around).FindFault();
            document = error is null ? JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = JobDepth + around }) : null;
        }
        catch (JsonException malformed)
        {
            error = new FieldError("", Describe(malformed));
        }
        return document is not null;
    }

    /// <summary>The value as it came, without the white space between its tokens.</summary>
    public static byte[] Minify(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        var output = new byte[raw.Length];
        var length = 0;
        var inString = false;
        for (var i = 0; i < raw.Length; i++)
        {
            var next = raw[i];
            if (!inString && next is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                continue;
            }
            output[length++] = next;
            if (next == (byte)'"')
            {
                inString = !inString;
            }
            else if (inString && next == (byte)'\\')
            {
                output[length++] = raw[++i];
            }
        }
        return output.AsSpan(0, length).ToArray();
    }

    /// <summary>Says where, and does not repeat what the caller sent.</summary>
    private static string Describe(JsonException malformed) =>
        string.Create(CultureInfo.InvariantCulture, $"The JSON is malformed at line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}.");
}
