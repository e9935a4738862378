using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace BatchWorker.Intake;

/// <summary>JSON that can mean only one thing: UTF-8, no member twice, not deeper than the contract allows.</summary>
internal static class StrictJson
{
    private const int JobDepth = 32;

    /// <summary>Parses a body; the error when it is none. <paramref name="around"/> is how deep jobs lie in it.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, int around, [NotNullWhen(true)] out JsonDocument? document, [NotNullWhen(false)] out FieldError? error)
    {
        document = null;
        error = null;
        if (!Utf8.IsValid(json.Span))
        {
            error = new FieldError("", "The body is not valid UTF-8.");
            return false;
        }
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = JobDepth + around, AllowDuplicateProperties = false });
            return true;
        }
        catch (JsonException malformed)
        {
            error = new FieldError("", Describe(malformed));
            return false;
        }
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
    private static string Describe(JsonException malformed) => malformed.LineNumber is { } line
        ? $"The JSON is malformed or too deep at line {line + 1}, byte {malformed.BytePositionInLine + 1}."
        : "The JSON names a member twice or is malformed.";
}
