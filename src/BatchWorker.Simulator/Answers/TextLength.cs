using System.Text;

namespace BatchWorker.Simulator.Answers;

/// <summary>How long a JSON string is.</summary>
internal static class TextLength
{
    /// <summary>UTF-16 characters. Escapes are counted, not undone: a lone surrogate is a character here and an exception of GetString.</summary>
    /// <param name="text">The string as it stands in valid JSON, without its quotes.</param>
    public static int Of(ReadOnlySpan<byte> text)
    {
        var chars = Encoding.UTF8.GetCharCount(text);
        for (var at = text.IndexOf((byte)'\\'); at >= 0; at = text.IndexOf((byte)'\\'))
        {
            var extra = text[at + 1] == 'u' ? 5 : 1;
            chars -= extra;
            text = text[(at + 1 + extra)..];
        }
        return chars;
    }
}
