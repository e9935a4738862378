using BatchWorker.Archive;

namespace BatchWorker.Tests.Control;

/// <summary>Frames in memory; counts how often each is read and can refuse to be read.</summary>
internal sealed class FrameSegments : ISegmentStore
{
    private readonly Dictionary<(uint Segment, long Offset), List<ArchivedResult>> _frames = [];

    public List<(uint Segment, long Offset)> FrameReads { get; } = [];

    /// <summary>Frames read before reading begins to fail.</summary>
    public int FailAfter { get; set; } = int.MaxValue;

    public ResultAddress Add(uint segment, long offset, ArchivedResult result)
    {
        var frame = _frames.TryGetValue((segment, offset), out var known) ? known : _frames[(segment, offset)] = [];
        frame.Add(result);
        return new ResultAddress(segment, offset, (ushort)(frame.Count - 1));
    }

    public Task<bool> HasRoomAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<ArchivedResult?> ReadAsync(ResultAddress address, CancellationToken cancellationToken) =>
        Task.FromResult(_frames.TryGetValue((address.Segment, address.Offset), out var frame) ? frame[address.Index] : null);

    public Task<IReadOnlyList<ArchivedResult>?> ReadFrameAsync(uint segment, long offset, CancellationToken cancellationToken)
    {
        FrameReads.Add((segment, offset));
        return FrameReads.Count > FailAfter
            ? throw new IOException("the disk is gone")
            : Task.FromResult<IReadOnlyList<ArchivedResult>?>(_frames.GetValueOrDefault((segment, offset)));
    }

    public Task<ISegmentWriter> CreateAsync(uint segment, CancellationToken cancellationToken) => throw new NotSupportedException("Tests add results directly.");

    public Task EraseAsync(ResultAddress address, CancellationToken cancellationToken)
    {
        var frame = _frames[(address.Segment, address.Offset)];
        frame[address.Index] = frame[address.Index] with { Body = default, Error = frame[address.Index].Error is { } error ? error with { Message = "" } : null };
        return Task.CompletedTask;
    }

    public Task DeleteAsync(uint segment, CancellationToken cancellationToken) => throw new NotSupportedException("The control API deletes nothing.");
}
