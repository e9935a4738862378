using System.Text;

namespace BatchWorker.Tests.Fuzz;

/// <summary>Makes inputs out of a corpus; the same seed makes the same ones.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus, IReadOnlyList<string> words, int seed)
{
    private const int Longest = 16 << 10;
    private const int MostChanges = 6;

    private static readonly byte[][] s_bytes =
    [
        [0], [0xff], [0xc3], [0xef, 0xbb, 0xbf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], .. new[]
        {
            "\"", "\\", "{", "}", "[", "]", ",", ":", "\n", "\r\n", " ", "\t", "-", "0", "1e400", "-1", "2147483648", "9223372036854775808", "18446744073709551616", "0.1", "NaN", "null", "true",
            "\\ud800", "\\udc00", "\\u0000", "\\ud83d\\ude00", "{}", "[]", "\"\"", "{{", "}}", "%", "%00", "é", "😀", FuzzTarget.Canary,
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private readonly Random _chance = new(seed);
    private readonly byte[][] _words = [.. words.Select(Encoding.UTF8.GetBytes)];

    public byte[] Next()
    {
        var input = new List<byte>(Pick(corpus));
        for (var change = _chance.Next(MostChanges); change >= 0; change--)
        {
            Change(input);
        }
        return [.. input.Take(Longest)];
    }

    private void Change(List<byte> input)
    {
        var at = _chance.Next(input.Count + 1);
        var length = Math.Min(_chance.Next(1, 12), input.Count - at);
        switch (_chance.Next(9))
        {
            case 0 when length > 0:
                input[at] ^= (byte)(1 << _chance.Next(8));
                break;
            case 1 when length > 0:
                input[at] = (byte)_chance.Next(256);
                break;
            case 2:
                input.RemoveRange(at, length);
                break;
            case 3:
                input.InsertRange(at, input.GetRange(at, length));
                break;
            case 4:
                input.InsertRange(at, Pick(s_bytes));
                break;
            case 5 when _words.Length > 0:
                input.InsertRange(at, Pick(_words));
                break;
            case 6:
                Splice(input, at);
                break;
            case 7:
                input.InsertRange(at, Enumerable.Repeat(Pick(s_bytes), _chance.Next(1, 80)).SelectMany(piece => piece));
                break;
            default:
                input.RemoveRange(at, input.Count - at);
                break;
        }
    }

    /// <summary>Goes on with a part of another input.</summary>
    private void Splice(List<byte> input, int at)
    {
        var other = Pick(corpus);
        var from = _chance.Next(other.Length + 1);
        input.InsertRange(at, other.AsSpan(from, _chance.Next(other.Length - from + 1)).ToArray());
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[_chance.Next(from.Count)];
}
