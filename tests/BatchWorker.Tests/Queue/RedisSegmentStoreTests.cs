using BatchWorker.Archive;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using CsCheck;
using Stored = BatchWorker.Tests.Archive.Results;

namespace BatchWorker.Tests.Queue;

/// <summary>Results in Redis: the same promises as in files, and a cap.</summary>
internal sealed class RedisSegmentStoreTests(StoreKind kind) : RedisFixture(kind)
{
    private LedgerHarness _ledger = null!;
    private RedisSegmentStore _store = null!;

    [SetUp]
    public void NewStore() => _store = Store(1L << 30);

    [Test]
    public async Task Whatever_is_appended_is_read_back_from_its_address()
    {
        var segment = 0;
        await Stored.Any.Array[0, 90].SampleAsync(async results =>
        {
            var addresses = await WriteAsync((uint)Interlocked.Increment(ref segment), results);
            for (var i = 0; i < results.Length; i++)
            {
                Assert.That(Stored.Text(await ReadAsync(addresses[i])), Is.EqualTo(Stored.Text(results[i])), $"result {i} of {results.Length}");
            }
        }, iter: 15, threads: 2);
    }

    [Test]
    public async Task A_frame_is_read_with_its_neighbours_and_only_after_the_flush()
    {
        await using var writer = await _store.CreateAsync(1, CancellationToken.None);
        ResultAddress last = default;
        for (var i = 0; i < 70; i++)
        {
            last = await writer.AppendAsync(Stored.Answer(i, $"{i}"), CancellationToken.None);
        }
        Assert.That(last, Is.EqualTo(new ResultAddress(1, 1, 5)));
        Assert.That(await ReadAsync(last), Is.Null, "before the flush");
        await writer.CompleteAsync(CancellationToken.None);
        var frame = await _store.ReadFrameAsync(1, 1, CancellationToken.None);
        Assert.That(frame!.Select(result => result.JobSequence), Is.EqualTo(Enumerable.Range(64, 6)));
    }

    [Test]
    public async Task A_deleted_segment_leaves_nothing_and_may_be_deleted_again()
    {
        await WriteAsync(1, Enumerable.Range(0, 200).Select(i => Stored.Answer(i, $"{i}")));
        var kept = (await WriteAsync(2, [Stored.Answer(1, "kept")]))[0];
        var size = (long)await Database.HashGetAsync(_ledger.Keys.ResultSizes, "total");
        await _store.DeleteAsync(1, CancellationToken.None);
        await _store.DeleteAsync(1, CancellationToken.None);
        await _store.DeleteAsync(3, CancellationToken.None);
        Assert.That(await Database.KeyExistsAsync([.. Enumerable.Range(0, 4).Select(i => _ledger.Keys.Frame(1, i))]), Is.Zero);
        Assert.That(await ReadAsync(kept), Is.Not.Null);
        var frame = await Database.StringLengthAsync(_ledger.Keys.Frame(2, 0));
        Assert.That((long)await Database.HashGetAsync(_ledger.Keys.ResultSizes, "total"), Is.EqualTo(frame).And.LessThan(size));
        Assert.That(await Database.HashLengthAsync(_ledger.Keys.ResultSizes), Is.EqualTo(2));
    }

    [Test]
    public async Task A_frame_whose_append_was_cut_off_goes_with_its_segment()
    {
        await WriteAsync(1, [Stored.Answer(1, "one")]);
        await Database.StringSetAsync(_ledger.Keys.Frame(1, 1), "not counted yet");
        await _store.DeleteAsync(1, CancellationToken.None);
        Assert.That(await Database.KeyExistsAsync(_ledger.Keys.Frame(1, 1)), Is.False);
    }

    [Test]
    public async Task At_the_cap_nothing_is_written_and_nothing_dropped_until_there_is_room_again()
    {
        _store = Store(50_000);
        var kept = (await WriteAsync(1, [Noise(1, 20_000)]))[0];
        Assert.That(await _store.HasRoomAsync(CancellationToken.None), Is.True);
        Assert.That(() => WriteAsync(2, [Noise(2, 40_000)]), Throws.InstanceOf<SegmentStoreFullException>());
        Assert.That(await ReadAsync(kept), Is.Not.Null);
        await WriteAsync(3, [Noise(3, 29_000)]);
        Assert.That(await _store.HasRoomAsync(CancellationToken.None), Is.False);
        await _store.DeleteAsync(3, CancellationToken.None);
        Assert.That(await _store.HasRoomAsync(CancellationToken.None), Is.True);
    }

    [Test]
    public async Task Writers_at_the_same_time_are_counted_together()
    {
        await Task.WhenAll(Enumerable.Range(1, 8).Select(segment => WriteAsync((uint)segment, Enumerable.Range(0, 5).Select(i => Noise(i, 100_000)))));
        long bytes = 0;
        for (var segment = 1u; segment <= 8; segment++)
        {
            for (var frame = 0; frame < 5; frame++)
            {
                bytes += await Database.StringLengthAsync(_ledger.Keys.Frame(segment, frame));
            }
        }
        Assert.That((long)await Database.HashGetAsync(_ledger.Keys.ResultSizes, "total"), Is.EqualTo(bytes).And.GreaterThan(4_000_000));
    }

    private RedisSegmentStore Store(long most)
    {
        _ledger = NewLedger();
        return new RedisSegmentStore(_ledger.Store, most);
    }

    private static ArchivedResult Noise(long sequence, int bytes)
    {
        var body = new byte[bytes];
        new Random((int)sequence).NextBytes(body);
        return new ArchivedResult(sequence, body, null);
    }

    private Task<ArchivedResult?> ReadAsync(ResultAddress address) => _store.ReadAsync(address, CancellationToken.None);

    private async Task<List<ResultAddress>> WriteAsync(uint segment, IEnumerable<ArchivedResult> results)
    {
        await using var writer = await _store.CreateAsync(segment, CancellationToken.None);
        var addresses = new List<ResultAddress>();
        foreach (var result in results)
        {
            addresses.Add(await writer.AppendAsync(result, CancellationToken.None));
        }
        await writer.CompleteAsync(CancellationToken.None);
        return addresses;
    }
}
