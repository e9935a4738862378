using BatchWorker.Archive;
using BatchWorker.Tests.Flow;

namespace BatchWorker.Tests.Simulation;

/// <summary>Result segments on a disk that all replicas share: what was not flushed dies with its writer, and each step takes its time.</summary>
internal sealed class SimDisk(MemorySegments disk, TimeProvider time) : ISegmentStore
{
    private static readonly TimeSpan s_seek = TimeSpan.FromMilliseconds(1);

    public async Task<ISegmentWriter> CreateAsync(uint segment, CancellationToken cancellationToken)
    {
        await Task.Delay(s_seek, time, CancellationToken.None);
        return new Writer(await disk.CreateAsync(segment, cancellationToken), time);
    }

    public Task<bool> HasRoomAsync(CancellationToken cancellationToken) => disk.HasRoomAsync(cancellationToken);

    public Task<ArchivedResult?> ReadAsync(ResultAddress address, CancellationToken cancellationToken) => disk.ReadAsync(address, cancellationToken);

    public Task<IReadOnlyList<ArchivedResult>?> ReadFrameAsync(uint segment, long offset, CancellationToken cancellationToken) =>
        disk.ReadFrameAsync(segment, offset, cancellationToken);

    public Task EraseAsync(ResultAddress address, CancellationToken cancellationToken) => disk.EraseAsync(address, cancellationToken);

    public Task DeleteAsync(uint segment, CancellationToken cancellationToken) => disk.DeleteAsync(segment, cancellationToken);

    private sealed class Writer(ISegmentWriter writer, TimeProvider time) : ISegmentWriter
    {
        public ValueTask<ResultAddress> AppendAsync(ArchivedResult result, CancellationToken cancellationToken) => writer.AppendAsync(result, cancellationToken);

        public async Task FlushAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(s_seek, time, CancellationToken.None);
            await writer.FlushAsync(cancellationToken);
            await Task.Delay(s_seek, time, CancellationToken.None);
        }

        public Task CompleteAsync(CancellationToken cancellationToken) => FlushAsync(cancellationToken);

        public ValueTask DisposeAsync() => writer.DisposeAsync();
    }
}
