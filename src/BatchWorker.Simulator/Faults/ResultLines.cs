using System.Text;

namespace BatchWorker.Simulator.Faults;

/// <summary>Writes the lines of one result file, damaging those that are meant to be.</summary>
internal sealed class ResultLines(Stream stream, LineMutation? mutation)
{
    private int _left = mutation?.Lines ?? 0;

    public void Write(string customId, ReadOnlySpan<byte> line)
    {
        if (_left > 0 && (mutation!.CustomId is null || mutation.CustomId == customId))
        {
            _left--;
            WriteDamaged(mutation.Kind, customId, line);
        }
        else
        {
            WriteLine(line);
        }
    }

    private void WriteDamaged(LineDamage kind, string customId, ReadOnlySpan<byte> line)
    {
        switch (kind)
        {
            case LineDamage.Missing:
                break;
            case LineDamage.Duplicate:
                WriteLine(line);
                WriteLine(line);
                break;
            case LineDamage.Blank:
                WriteLine([]);
                WriteLine(line);
                break;
            case LineDamage.Oversized:
                WritePadded(line, mutation!.Bytes);
                break;
            default:
                WriteLine(Damaged(kind, customId, line));
                break;
        }
    }

    private static ReadOnlySpan<byte> Damaged(LineDamage kind, string customId, ReadOnlySpan<byte> line) => kind switch
    {
        LineDamage.Truncate => line[..(line.Length / 2)],
        LineDamage.UnknownId => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line).Replace($"\"{customId}\"", $"\"unknown-{customId}\"", StringComparison.Ordinal)),
        LineDamage.NotObject => "[\"not an object\"]"u8,
        LineDamage.Corrupt => With(line, 1, (byte)'}'),
        LineDamage.InvalidUtf8 => With(line, line.Length / 2, 0xFF),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The line with one member more.</summary>
    private void WritePadded(ReadOnlySpan<byte> line, long bytes)
    {
        Span<byte> padding = stackalloc byte[4096];
        padding.Fill((byte)'x');
        stream.Write(line[..^1]);
        stream.Write(",\"padding\":\""u8);
        for (var left = bytes; left > 0; left -= padding.Length)
        {
            stream.Write(padding[..(int)Math.Min(left, padding.Length)]);
        }
        WriteLine("\"}"u8);
    }

    private static byte[] With(ReadOnlySpan<byte> line, int at, byte value)
    {
        var damaged = line.ToArray();
        damaged[at] = value;
        return damaged;
    }

    private void WriteLine(ReadOnlySpan<byte> line)
    {
        stream.Write(line);
        stream.WriteByte((byte)'\n');
    }
}
