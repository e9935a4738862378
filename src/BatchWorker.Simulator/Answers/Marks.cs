using System.Buffers;
using System.Text;

namespace BatchWorker.Simulator.Answers;

/// <summary>Tokens <c>mk-[A-Za-z0-9_-]+</c> by which a tester knows a request again in its answer.</summary>
internal static class Marks
{
    private static readonly SearchValues<byte> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"u8);

    /// <summary>Every mark in the raw bytes, in order, repetitions included.</summary>
    public static IReadOnlyList<string> In(ReadOnlySpan<byte> bytes)
    {
        List<string> marks = [];
        for (var at = bytes.IndexOf("mk-"u8); at >= 0; at = bytes.IndexOf("mk-"u8))
        {
            var rest = bytes[at..];
            var length = rest.IndexOfAnyExcept(Letters) is >= 0 and var end ? end : rest.Length;
            if (length > 3)
            {
                marks.Add(Encoding.ASCII.GetString(rest[..length]));
            }
            bytes = rest[length..];
        }
        return marks;
    }
}
