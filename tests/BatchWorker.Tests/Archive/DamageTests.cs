using BatchWorker.Archive;
using BatchWorker.Lifecycle;

namespace BatchWorker.Tests.Archive;

/// <summary>A damaged segment answers nothing or what was stored, never anything else, and never with an exception.</summary>
internal sealed class DamageTests
{
    private static readonly ArchivedResult[] s_results =
    [
        Results.Answer(11, "{\"answer\":1}"), new(12, default, new JobError("server_error", "The model is down.", true)), Results.Answer(13, "{\"answer\":3}"),
        .. Enumerable.Range(14, 70).Select(i => Results.Answer(i, $"{{\"answer\":{i}}}")),
    ];

    private SegmentDirectory _directory = null!;
    private IReadOnlyList<ResultAddress> _addresses = null!;
    private byte[] _bytes = null!;

    [SetUp]
    public async Task Write()
    {
        _directory = new SegmentDirectory();
        _addresses = await _directory.WriteAsync(3, s_results);
        _bytes = await File.ReadAllBytesAsync(_directory.PathOf(3));
    }

    [TearDown]
    public void Delete() => _directory.Dispose();

    [TestCase(0x01)]
    [TestCase(0x80)]
    [TestCase(0xff)]
    public async Task Damage_at_any_byte_costs_its_frame_and_nothing_else(byte flip)
    {
        var second = (int)_addresses[^1].Offset;
        for (var i = 0; i < _bytes.Length; i++)
        {
            var damaged = (byte[])_bytes.Clone();
            damaged[i] ^= flip;
            await File.WriteAllBytesAsync(_directory.PathOf(3), damaged);
            var (first, last) = (await ReadAsync(0), await ReadAsync(^1));
            Assert.That(first, Is.EqualTo(i < second ? "nothing" : Results.Text(s_results[0])), $"first frame, damage at {i}");
            Assert.That(last, Is.EqualTo(i < second || i >= EndOfFrames ? Results.Text(s_results[^1]) : "nothing"), $"second frame, damage at {i}");
        }
    }

    [Test]
    public async Task A_segment_cut_anywhere_keeps_every_whole_frame()
    {
        var second = (int)_addresses[^1].Offset;
        for (var length = 0; length <= _bytes.Length; length++)
        {
            await File.WriteAllBytesAsync(_directory.PathOf(3), _bytes[..length]);
            Assert.That(await ReadAsync(0), Is.EqualTo(length < second ? "nothing" : Results.Text(s_results[0])), $"first frame, {length} bytes left");
            Assert.That(await ReadAsync(^1), Is.EqualTo(length < EndOfFrames ? "nothing" : Results.Text(s_results[^1])), $"second frame, {length} bytes left");
        }
    }

    [Test]
    public async Task An_address_that_is_none_finds_nothing()
    {
        for (var offset = 1L; offset < _bytes.Length + 40; offset++)
        {
            if (offset != _addresses[^1].Offset)
            {
                Assert.That(await _directory.Store.ReadFrameAsync(3, offset, CancellationToken.None), Is.Null, $"offset {offset}");
            }
        }
        Assert.That(await _directory.ReadAsync(_addresses[0] with { Index = 64 }), Is.Null, "a place behind the last");
        Assert.That(await _directory.ReadAsync(_addresses[0] with { Segment = 4 }), Is.Null, "another segment");
        Assert.That(await _directory.ReadAsync(new ResultAddress(uint.MaxValue, (1L << 40) - 1, ushort.MaxValue)), Is.Null, "the largest address");
    }

    [Test]
    public async Task A_header_that_tells_of_gigabytes_is_damage()
    {
        var damaged = (byte[])_bytes.Clone();
        BitConverter.TryWriteBytes(damaged.AsSpan(8), int.MaxValue);
        await File.WriteAllBytesAsync(_directory.PathOf(3), damaged);
        Assert.That(await ReadAsync(0), Is.EqualTo("nothing"));
    }

    /// <summary>The footer: 12 bytes, 10 for each of the two frames, its length in 4.</summary>
    private int EndOfFrames => _bytes.Length - (12 + 20 + 4);

    private async Task<string> ReadAsync(Index result) => Results.Text(await _directory.ReadAsync(_addresses[result]));
}
