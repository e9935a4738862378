using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using CsCheck;

namespace BatchWorker.Tests.Archive;

/// <summary>One result goes from the disk, everything beside it stays.</summary>
internal sealed class ErasureTests
{
    /// <summary>No two characters are the same: it stands in the file as it is.</summary>
    private const string Secret = "thequickbrownfxjmpsvlazydg0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    [Test]
    public Task Any_result_is_erased_and_its_neighbours_stay() =>
        Gen.Select(Results.Any.Array[1, 90], Gen.Int[0, 89]).SampleAsync(async (results, place) =>
        {
            using var directory = new SegmentDirectory();
            var addresses = await directory.WriteAsync(1, results);
            var erased = place % results.Length;
            await directory.Store.EraseAsync(addresses[erased], CancellationToken.None);
            await directory.Store.EraseAsync(addresses[erased], CancellationToken.None);
            for (var i = 0; i < results.Length; i++)
            {
                var expected = i == erased ? results[i] with { Body = default, Error = results[i].Error is { } error ? error with { Message = "" } : null } : results[i];
                Assert.That(Results.Text(await directory.ReadAsync(addresses[i])), Is.EqualTo(Results.Text(expected)), $"{i} of {results.Length}");
            }
        }, iter: 60, threads: 1);

    [Test]
    public async Task Nothing_of_it_is_left_in_the_file()
    {
        using var directory = new SegmentDirectory();
        var addresses = await directory.WriteAsync(1, [new ArchivedResult(1, default, new JobError("invalid", Secret, false)), Results.Answer(2, "short")]);
        Assert.That(await HoldsAsync(directory), Is.True, "too short to be compressed away");
        await directory.Store.EraseAsync(addresses[0], CancellationToken.None);
        Assert.That(await HoldsAsync(directory), Is.False);
        Assert.That(Directory.GetFiles(directory.Root, "*", SearchOption.AllDirectories).Select(Path.GetExtension), Is.EquivalentTo(new[] { ".seg", ".lock" }), "nothing lies beside it");
    }

    [Test]
    public async Task An_overwrite_that_was_cut_off_loses_no_neighbour()
    {
        using var directory = new SegmentDirectory();
        var addresses = await directory.WriteAsync(1, [Results.Answer(1, Secret), Results.Answer(2, "kept")]);
        var path = directory.PathOf(1);
        var before = await File.ReadAllBytesAsync(path);
        var length = Frame.LengthOf(before)!.Value;
        var next = Frame.Erase(before.AsSpan(0, length), 0)!;
        FrameOverwrite.WriteAside(path, 0, length, next); // the next frame is safe, the overwrite has begun
        await File.WriteAllBytesAsync(path, [.. next.AsSpan(0, 12), .. before.AsSpan(12)]);
        Assert.That(Results.Text(await directory.ReadAsync(addresses[1])), Is.EqualTo(Results.Text(Results.Answer(2, "kept"))));
        await directory.Store.EraseAsync(addresses[0], CancellationToken.None);
        Assert.That(File.Exists($"{path}.0"), Is.False);
        Assert.That(Results.Text(await directory.ReadAsync(addresses[1])), Is.EqualTo(Results.Text(Results.Answer(2, "kept"))));
        Assert.That(await HoldsAsync(directory), Is.False);
    }

    [Test]
    public async Task Erasures_of_neighbours_at_the_same_time_all_hold()
    {
        using var directory = new SegmentDirectory();
        var addresses = await directory.WriteAsync(1, Enumerable.Range(0, 20).Select(i => Results.Answer(i, $"text {i}"))); // what is erased is what the others are compressed by: such a frame grows and stays aside
        var other = new FileSegmentStore(directory.Root);
        await Task.WhenAll(addresses.Index().Where(address => address.Index % 2 == 0)
            .Select(address => (address.Index % 4 == 0 ? directory.Store : other).EraseAsync(address.Item, CancellationToken.None)));
        for (var i = 0; i < addresses.Count; i++)
        {
            Assert.That((await directory.ReadAsync(addresses[i]))!.Body.Length, i % 2 == 0 ? Is.Zero : Is.Positive, $"{i}");
        }
    }

    [Test]
    public async Task A_segment_goes_with_what_lies_beside_it()
    {
        using var directory = new SegmentDirectory();
        var addresses = await directory.WriteAsync(1, Enumerable.Range(0, 20).Select(i => Results.Answer(i, $"text {i}")));
        await directory.Store.EraseAsync(addresses[0], CancellationToken.None);
        Assert.That(Directory.GetFiles(directory.Root, "1.seg.*", SearchOption.AllDirectories), Has.Length.EqualTo(1), "it did not fit");
        await directory.Store.DeleteAsync(1, CancellationToken.None);
        Assert.That(Directory.GetFiles(directory.Root, "1.*", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public async Task What_is_gone_is_no_error()
    {
        using var directory = new SegmentDirectory();
        await directory.Store.EraseAsync(new ResultAddress(7, 0, 0), CancellationToken.None);
    }

    private static async Task<bool> HoldsAsync(SegmentDirectory directory) =>
        (await File.ReadAllBytesAsync(directory.PathOf(1))).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(Secret[..20])) >= 0;
}
