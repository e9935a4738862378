using System.Text;
using BatchWorker.Providers.Http;
using CsCheck;

namespace BatchWorker.Tests.Providers.Http;

internal sealed class LineReaderTests
{
    private const int Longest = 12;

    [Test]
    public void Lines_do_not_depend_on_how_the_stream_is_split()
    {
        var text = Gen.OneOf(Gen.Const((byte)'\n'), Gen.Byte).Array[0, 80];
        var sizes = Gen.Int[1, 9].Array[1, 20];
        Gen.Select(text, sizes).Sample((bytes, splits) =>
        {
            var lines = Read(bytes, splits).GetAwaiter().GetResult();
            Assert.That(lines.Select(Show), Is.EqualTo(Expected(bytes)));
        });
    }

    [Test]
    public async Task Only_a_last_line_without_newline_is_unterminated()
    {
        var lines = await Read("one\ntwo"u8.ToArray(), [2]);
        Assert.That(lines.Select(line => line.IsTerminated), Is.EqualTo(new[] { true, false }));
    }

    [Test]
    public async Task A_line_that_is_too_long_keeps_a_sample_and_costs_no_memory()
    {
        await using var reader = new LineReader(new EndlessLine(512L << 20), longest: 1 << 20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var lines = await ReadAll(reader);
        Assert.That(lines, Has.Count.EqualTo(1));
        Assert.That(lines[0].IsCut);
        Assert.That(lines[0].Bytes.Length, Is.EqualTo(4 << 10));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(16L << 20));
    }

    private static IEnumerable<string> Expected(byte[] bytes)
    {
        var parts = Encoding.Latin1.GetString(bytes).Split('\n');
        return parts.Select((part, i) => (part, i))
            .Where(line => line.i < parts.Length - 1 || line.part.Length > 0)
            .Select(line => line.part.Length > Longest ? "cut " + line.part[..1] : "whole " + line.part);
    }

    private static string Show(Line line)
    {
        var text = Encoding.Latin1.GetString(line.Bytes.Span);
        return line.IsCut ? "cut " + text[..1] : "whole " + text;
    }

    private static async Task<List<Line>> Read(byte[] bytes, int[] splits)
    {
        await using var reader = new LineReader(new SplitStream(bytes, splits), Longest);
        return await ReadAll(reader);
    }

    private static async Task<List<Line>> ReadAll(LineReader reader)
    {
        var lines = new List<Line>();
        do
        {
            while (reader.TryRead(out var line))
            {
                lines.Add(line);
            }
        }
        while (await reader.FillAsync(CancellationToken.None));
        return lines;
    }
}
