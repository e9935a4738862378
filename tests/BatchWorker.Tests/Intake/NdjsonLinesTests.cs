using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using BatchWorker.Intake;
using CsCheck;

namespace BatchWorker.Tests.Intake;

internal sealed class NdjsonLinesTests
{
    [Test]
    public void Lines_are_the_same_however_the_body_arrives() =>
        Gen.Select(Text("a", "bc", "\n", "\r\n", " ").Array[0, 60].Select(string.Concat), Gen.Int[1, 9].Array[1, 8], Gen.Int[1, 5]).SampleAsync(async (body, packets, most) =>
        {
            var expected = body.Split('\n').ToList();
            if (expected[^1].Length == 0)
            {
                expected.RemoveAt(expected.Count - 1);
            }
            var lines = await ReadAsync(Packets(body, packets), most);
            Assert.That(lines.Select(line => Encoding.UTF8.GetString(line.Bytes!.Value.Span)), Is.EqualTo(expected));
            Assert.That(lines.Select(line => line.Number), Is.EqualTo(Enumerable.Range(1, expected.Count)));
            Assert.That(lines.Select(line => line.IsBlank), Is.EqualTo(expected.Select(string.IsNullOrWhiteSpace)));
        }, iter: 1000);

    [TestCase(IntakeOptions.MostBytes, true)]
    [TestCase(IntakeOptions.MostBytes + 1, false)]
    public async Task A_line_of_32_MB_is_kept_and_a_longer_one_passed_over(int length, bool kept)
    {
        var lines = await ReadAsync([.. Filler(length), "\nnext"u8.ToArray()], 1000);
        Assert.That(lines.Select(line => (line.Number, line.Bytes?.Length)), Is.EqualTo(new (long, int?)[] { (1, kept ? length : null), (2, 4) }));
    }

    [Test]
    public async Task A_line_that_never_ends_is_passed_over_without_being_kept()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19));
        var reading = new NdjsonLines(pipe.Reader).ReadAsync(1000, 8 << 20, CancellationToken.None).AsTask();
        long before = 0;
        foreach (var packet in Filler(300 << 20))
        {
            await pipe.Writer.WriteAsync(packet);
            before = before == 0 ? GC.GetTotalMemory(forceFullCollection: true) : before;
        }
        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - before, Is.LessThan(2 * IntakeOptions.MostBytes));
        await pipe.Writer.CompleteAsync();
        Assert.That((await reading).Single().Bytes, Is.Null);
    }

    [Test]
    public async Task No_more_lines_and_bytes_are_taken_at_once_than_asked_for()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("0123456789\n", 10))));
        await pipe.Writer.CompleteAsync();
        var lines = new NdjsonLines(pipe.Reader);
        Assert.That((await lines.ReadAsync(3, 1000, CancellationToken.None)), Has.Count.EqualTo(3));
        Assert.That((await lines.ReadAsync(1000, 15, CancellationToken.None)), Has.Count.EqualTo(2), "the line that passes the bound is the last");
        Assert.That((await lines.ReadAsync(1000, 1000, CancellationToken.None)), Has.Count.EqualTo(5));
        Assert.That((await lines.ReadAsync(1000, 1000, CancellationToken.None)), Is.Empty);
    }

    [Test]
    public async Task A_line_that_is_there_does_not_wait_for_the_next()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("first\nsec"u8.ToArray());
        Assert.That(await new NdjsonLines(pipe.Reader).ReadAsync(1000, 1000, CancellationToken.None), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_stop_ends_the_waiting_without_ending_the_body()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("half a li"u8.ToArray());
        var lines = new NdjsonLines(pipe.Reader);
        var reading = lines.ReadAsync(1000, 1000, CancellationToken.None).AsTask();
        pipe.Reader.CancelPendingRead();
        Assert.That(await reading, Is.Empty);
        Assert.That(lines.WasStopped, Is.True);
    }

    private static async Task<List<NdjsonLine>> ReadAsync(IEnumerable<byte[]> packets, int most)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var writing = WriteAsync(pipe.Writer, packets);
        var lines = new NdjsonLines(pipe.Reader);
        var all = new List<NdjsonLine>();
        for (IReadOnlyList<NdjsonLine> chunk; (chunk = await lines.ReadAsync(most, 8 << 20, CancellationToken.None)).Count > 0;)
        {
            Assert.That(chunk, Has.Count.LessThanOrEqualTo(most));
            all.AddRange(chunk);
        }
        await writing;
        return all;
    }

    private static async Task WriteAsync(PipeWriter writer, IEnumerable<byte[]> packets)
    {
        foreach (var packet in packets)
        {
            writer.Write(packet);
            await writer.FlushAsync();
            await Task.Yield();
        }
        await writer.CompleteAsync();
    }

    private static Gen<string> Text(params string[] parts) => Gen.Int[0, parts.Length - 1].Select(i => parts[i]);

    private static IEnumerable<byte[]> Packets(string body, int[] sizes)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        for (int i = 0, at = 0; at < bytes.Length; at += sizes[i++ % sizes.Length])
        {
            yield return bytes[at..Math.Min(bytes.Length, at + sizes[i % sizes.Length])];
        }
    }

    private static IEnumerable<byte[]> Filler(int length)
    {
        var packet = Enumerable.Repeat((byte)'x', 64 << 10).ToArray();
        for (var left = length; left > 0; left -= packet.Length)
        {
            yield return packet[..Math.Min(left, packet.Length)];
        }
    }
}
