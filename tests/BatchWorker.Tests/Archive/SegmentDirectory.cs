using BatchWorker.Archive;

namespace BatchWorker.Tests.Archive;

/// <summary>A directory of segments that goes with the test.</summary>
internal sealed class SegmentDirectory : IDisposable
{
    public SegmentDirectory() => Store = new FileSegmentStore(Root);

    public string Root { get; } = Directory.CreateTempSubdirectory("bw-segments-").FullName;

    public FileSegmentStore Store { get; }

    public string PathOf(uint segment) => Directory.GetFiles(Root, $"{segment}.seg", SearchOption.AllDirectories).Single();

    /// <summary>A whole segment and where its results are.</summary>
    public async Task<IReadOnlyList<ResultAddress>> WriteAsync(uint segment, IEnumerable<ArchivedResult> results)
    {
        await using var writer = await Store.CreateAsync(segment, CancellationToken.None);
        var addresses = new List<ResultAddress>();
        foreach (var result in results)
        {
            addresses.Add(await writer.AppendAsync(result, CancellationToken.None));
        }
        await writer.CompleteAsync(CancellationToken.None);
        return addresses;
    }

    public Task<ArchivedResult?> ReadAsync(ResultAddress address) => Store.ReadAsync(address, CancellationToken.None);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
