using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Batching;

/// <summary>The open batch of one lane during a drain: takes jobs until one does not fit, in chunks of the manifest.</summary>
internal sealed class LaneFill(JobClaims claims, OwnedBatch batch, BatchLimits limits, int overhead)
{
    private readonly List<WaitingJob> _pending = [];
    private OwnedBatch? _batch = batch;
    private long _bytes;
    private long _inputs;

    public string BatchId { get; } = batch.Record.Id;

    /// <summary>The ledger's number of the batch.</summary>
    public long Number { get; } = batch.Number;

    /// <summary>Jobs that are really in the batch.</summary>
    public int Claimed => _batch?.Claimed ?? 0;

    /// <summary>Whether the job keeps the batch within every limit.</summary>
    public bool Fits(WaitingJob job) =>
        Claimed + _pending.Count + 1 <= limits.MaxRequests
        && _bytes + SizeOf(job) <= limits.MaxBytes
        && _inputs + job.Record.InputUnits <= limits.MaxInputs;

    /// <summary>Adds a job; claims when a chunk is full. Answers how many jobs the batch lost to others.</summary>
    public async Task AddAsync(WaitingJob job)
    {
        _pending.Add(job);
        _bytes += SizeOf(job);
        _inputs += job.Record.InputUnits;
        if (_pending.Count == RedisKeys.ChunkSize)
        {
            await ClaimAsync(last: false);
        }
    }

    /// <summary>Claims the rest and seals. False when the batch is empty or was taken over by another replica.</summary>
    public async Task<bool> SealAsync()
    {
        await ClaimAsync(last: true);
        var sealedNow = _batch is not null && await claims.SealAsync(_batch) is not null;
        await Failpoints.HitAsync(Failpoint.F2);
        return sealedNow;
    }

    /// <summary>Jobs that another drain or a cancel took meanwhile are dropped; what is left is claimed when it is a whole chunk or the last.</summary>
    private async Task ClaimAsync(bool last)
    {
        while (_batch is not null && (_pending.Count == RedisKeys.ChunkSize || (last && _pending.Count > 0)))
        {
            var (batch, stale) = await claims.ClaimAsync(_batch, _pending);
            _batch = batch;
            await Failpoints.HitAsync(Failpoint.F1);
            if (stale.Count == 0)
            {
                _pending.Clear();
                continue;
            }
            foreach (var gone in _pending.Where(job => stale.Contains(job.Sequence)).ToArray())
            {
                _pending.Remove(gone);
                _bytes -= SizeOf(gone);
                _inputs -= gone.Record.InputUnits;
            }
        }
    }

    private long SizeOf(WaitingJob job) => job.Record.DataSize + overhead;
}
