using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using CsCheck;

namespace BatchWorker.Tests.Archive;

internal sealed class SegmentTests
{
    private SegmentDirectory _directory = null!;

    [SetUp]
    public void Create() => _directory = new SegmentDirectory();

    [TearDown]
    public void Delete() => _directory.Dispose();

    [Test]
    public async Task Whatever_is_appended_is_read_back_from_its_address()
    {
        var segment = 0;
        await Results.Any.Array[0, 90].SampleAsync(async results =>
        {
            var addresses = await _directory.WriteAsync((uint)Interlocked.Increment(ref segment), results);
            for (var i = 0; i < results.Length; i++)
            {
                Assert.That(Results.Text(await _directory.ReadAsync(addresses[i])), Is.EqualTo(Results.Text(results[i])), $"result {i} of {results.Length}");
            }
        }, iter: 60);
    }

    [Test]
    public async Task A_frame_holds_at_most_64_results()
    {
        var addresses = await _directory.WriteAsync(1, Enumerable.Range(0, 130).Select(i => Results.Answer(i, "{}")));
        Assert.That(addresses.GroupBy(address => address.Offset).Select(frame => frame.Count()), Is.EqualTo(new[] { 64, 64, 2 }));
        Assert.That(addresses.Select(address => (int)address.Index).Take(66), Is.EqualTo(Enumerable.Range(0, 64).Concat([0, 1])));
    }

    [Test]
    public async Task A_frame_holds_at_most_256_kB_before_compression_errors_included()
    {
        var message = new string('x', 1000);
        var results = Enumerable.Range(0, 60).Select(i => new ArchivedResult(i, new byte[4000], new JobError("code", message, true)));
        var addresses = await _directory.WriteAsync(1, results);
        Assert.That(addresses.GroupBy(address => address.Offset).Select(frame => frame.Count()), Is.EqualTo(new[] { 52, 8 }), "262,144 / (4,000 + 1,000 + 4 + at most 24)");
    }

    [Test]
    public async Task A_result_larger_than_a_frame_has_one_of_its_own()
    {
        var addresses = await _directory.WriteAsync(1, [Results.Answer(1, "small"), new ArchivedResult(2, new byte[300_000], null), Results.Answer(3, "small")]);
        Assert.That(addresses.Select(address => address.Offset).Distinct().Count(), Is.EqualTo(3));
        Assert.That(addresses.Select(address => (int)address.Index), Is.All.Zero);
    }

    [Test]
    public async Task An_answer_of_40_MB_that_does_not_compress_is_read_back()
    {
        var body = new byte[40 << 20];
        new Random(7).NextBytes(body);
        var address = (await _directory.WriteAsync(1, [new ArchivedResult(5, body, null)]))[0];
        Assert.That((await _directory.ReadAsync(address))!.Body.Span.SequenceEqual(body), Is.True);
    }

    [Test]
    public async Task The_callers_memory_may_change_once_it_was_appended()
    {
        var body = "first"u8.ToArray();
        await using var writer = await _directory.Store.CreateAsync(1, CancellationToken.None);
        var address = await writer.AppendAsync(new ArchivedResult(1, body, null), CancellationToken.None);
        "later"u8.CopyTo(body);
        await writer.FlushAsync(CancellationToken.None);
        Assert.That((await _directory.ReadAsync(address))!.Body.ToArray(), Is.EqualTo("first"u8.ToArray()));
    }

    [Test]
    public async Task A_flushed_result_can_be_read_while_the_segment_is_written()
    {
        await using var writer = await _directory.Store.CreateAsync(1, CancellationToken.None);
        var address = await writer.AppendAsync(Results.Answer(1, "{}"), CancellationToken.None);
        Assert.That(await _directory.ReadAsync(address), Is.Null, "before the flush");
        await writer.FlushAsync(CancellationToken.None);
        Assert.That(Results.Text(await _directory.ReadAsync(address)), Is.EqualTo(Results.Text(Results.Answer(1, "{}"))));
    }

    [Test]
    public async Task A_frame_lists_its_results_in_their_order()
    {
        var addresses = await _directory.WriteAsync(1, Enumerable.Range(0, 70).Select(i => Results.Answer(i, $"{i}")));
        var frame = await _directory.Store.ReadFrameAsync(1, addresses[64].Offset, CancellationToken.None);
        Assert.That(frame!.Select(result => result.JobSequence), Is.EqualTo(Enumerable.Range(64, 6)));
    }

    [Test]
    public async Task A_number_is_never_used_twice()
    {
        await _directory.WriteAsync(1, [Results.Answer(1, "{}")]);
        Assert.That(() => _directory.Store.CreateAsync(1, CancellationToken.None), Throws.InstanceOf<IOException>());
    }

    [Test]
    public async Task A_deleted_segment_is_gone_and_may_be_deleted_again()
    {
        var address = (await _directory.WriteAsync(1, [Results.Answer(1, "{}")]))[0];
        var neighbour = (await _directory.WriteAsync(2, [Results.Answer(2, "{}")]))[0];
        await _directory.Store.DeleteAsync(1, CancellationToken.None);
        await _directory.Store.DeleteAsync(1, CancellationToken.None);
        await _directory.Store.DeleteAsync(4_000_000_000, CancellationToken.None);
        Assert.That(await _directory.ReadAsync(address), Is.Null);
        Assert.That(await _directory.ReadAsync(neighbour), Is.Not.Null);
    }

    [Test]
    [Platform(Exclude = "Win")]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Only_the_owner_may_read_segments()
    {
        await _directory.WriteAsync(1, [Results.Answer(1, "{}")]);
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.That(File.GetUnixFileMode(_directory.PathOf(1)), Is.EqualTo(owner));
        Assert.That(File.GetUnixFileMode(Path.GetDirectoryName(_directory.PathOf(1))!), Is.EqualTo(owner | UnixFileMode.UserExecute));
    }
}
