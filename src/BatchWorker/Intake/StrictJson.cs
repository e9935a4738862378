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
        return output.AsSpan(0, Minify(raw, output)).ToArray();
    }

    /// <summary>The same of an object, one of its members left out.</summary>
    public static byte[] Minify(JsonElement value, string without)
    {
        var output = new byte[JsonMarshal.GetRawUtf8Value(value).Length];
        output[0] = (byte)'{';
        var length = 1;
        foreach (var member in value.EnumerateObject().Where(member => !member.NameEquals(without)))
        {
            if (length > 1)
            {
                output[length++] = (byte)',';
            }
            var name = JsonMarshal.GetRawUtf8PropertyName(member);
            output[length++] = (byte)'"';
            name.CopyTo(output.AsSpan(length));
            length += name.Length;
            output[length++] = (byte)'"';
            output[length++] = (byte)':';
            length += Minify(JsonMarshal.GetRawUtf8Value(member.Value), output.AsSpan(length));
        }
        output[length++] = (byte)'}';
        return output.AsSpan(0, length).ToArray();
    }

    /// <summary>Answers how many bytes were written; <paramref name="output"/> is as long as the input, or longer.</summary>
    private static int Minify(ReadOnlySpan<byte> raw, Span<byte> output)
    {
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
        return length;
    }

    /// <summary>Says where, and does not repeat what the caller sent.</summary>
    private static string Describe(JsonException malformed) =>
        string.Create(CultureInfo.InvariantCulture, $"The JSON is malformed at line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}.");
}
