using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace BatchWorker.JobTypes;

/// <summary>What is wrong with a short form.</summary>
/// <param name="Field">Its member.</param>
/// <param name="Detail">For the caller.</param>
internal sealed record ShortFormFault(string Field, string Detail);

/// <summary>
/// Turns a short form into the request that a caller would have posted, its model included. Cut into pieces once; a rendering copies
/// bytes: strings go over in the caller's own escapes, and what a caller inserts is never looked at as a template.
/// </summary>
internal sealed class Template(IReadOnlyList<string> fields, IReadOnlyList<TemplatePart> parts)
{
    private readonly string[] _fields = [.. fields];
    private readonly TemplatePart[] _parts = [.. parts];
    private readonly int _literals = parts.Sum(part => part.Literal.Length);

    /// <summary>Members of the short form, all required.</summary>
    public IReadOnlyList<string> Fields => _fields;

    public bool Takes(string field) => _fields.Contains(field, StringComparer.Ordinal);

    /// <summary>Members that are missing or not known. A null has no text; where a value keeps its type it is a value.</summary>
    public IReadOnlyList<ShortFormFault> FindFaults(JsonElement shortForm)
    {
        var faults = new List<ShortFormFault>();
        for (var i = 0; i < _fields.Length; i++)
        {
            if (!shortForm.TryGetProperty(_fields[i], out var value) || (value.ValueKind == JsonValueKind.Null && IsText(i)))
            {
                faults.Add(new ShortFormFault(_fields[i], "This field is required."));
            }
        }
        foreach (var member in shortForm.EnumerateObject().Where(member => !Takes(member.Name)))
        {
            faults.Add(new ShortFormFault(member.Name, $"This field is not known: the short form takes {string.Join(", ", _fields)}."));
        }
        return faults;
    }

    /// <summary>The request, as JSON; the short form has no faults.</summary>
    public ReadOnlyMemory<byte> Render(JsonElement shortForm)
    {
        var values = Array.ConvertAll(_fields, shortForm.GetProperty);
        var output = new ArrayBufferWriter<byte>(_literals + (2 * JsonMarshal.GetRawUtf8Value(shortForm).Length));
        foreach (var part in _parts)
        {
            if (part.IsLiteral)
            {
                output.Write(part.Literal.Span);
            }
            else if (part.IsWhole)
            {
                output.Write(JsonMarshal.GetRawUtf8Value(values[part.Field]));
            }
            else
            {
                WriteText(output, values[part.Field]);
            }
        }
        return output.WrittenMemory;
    }

    private bool IsText(int field) => Array.Exists(_parts, part => part.Field == field && !part.IsWhole);

    /// <summary>Inside a string: a string without its quotes, anything else as the JSON that it is, escaped.</summary>
    private static void WriteText(ArrayBufferWriter<byte> output, JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (value.ValueKind == JsonValueKind.String)
        {
            output.Write(raw[1..^1]);
            return;
        }
        for (var special = raw.IndexOfAny(Specials); special >= 0; special = raw.IndexOfAny(Specials))
        {
            output.Write(raw[..special]);
            output.Write(EscapeOf(raw[special]));
            raw = raw[(special + 1)..];
        }
        output.Write(raw);
    }

    /// <summary>All that JSON may hold and a string of JSON may not: control characters are only there as white space.</summary>
    private static ReadOnlySpan<byte> Specials => "\"\\\t\r\n"u8;

    private static ReadOnlySpan<byte> EscapeOf(byte special) => special switch
    {
        (byte)'"' => "\\\""u8,
        (byte)'\\' => "\\\\"u8,
        (byte)'\t' => "\\t"u8,
        (byte)'\r' => "\\r"u8,
        _ => "\\n"u8,
    };
}
