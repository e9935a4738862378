using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Batching;

/// <summary>The open batch of one lane during a drain: takes jobs until one does not fit, in chunks of the manifest.</summary>
internal sealed class LaneFill(JobClaims claims, OwnedBatch batch, Packing packing, BudgetGate? gate) : IFill
{
    private readonly List<WaitingJob> _pending = [];
    private OwnedBatch? _batch = batch;

    public string BatchId { get; } = batch.Record.Id;

    /// <summary>The ledger's number of the batch.</summary>
    public long Number { get; } = batch.Number;

    /// <summary>What is in it and about to be.</summary>
    public Packing Packing => packing;

    /// <summary>Jobs that are really in the batch.</summary>
    public int Claimed => _batch?.Claimed ?? 0;

    /// <summary>Adds a job; claims when a chunk is full.</summary>
    public async Task AddAsync(WaitingJob job)
    {
        _pending.Add(job);
        packing.Add(job.Record);
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

    /// <summary>
    /// Jobs that another drain or a cancel took meanwhile are dropped, and those for which another drain has left no budget; what is left is
    /// claimed when it is a whole chunk or the last.
    /// </summary>
    private async Task ClaimAsync(bool last)
    {
        while (_batch is not null && (_pending.Count == RedisKeys.ChunkSize || (last && _pending.Count > 0)))
        {
            if (gate?.JudgeAnew(_pending) is { Count: > 0 } refused)
            {
                Drop(refused);
                continue;
            }
            var claim = await claims.ClaimAsync(_batch, _pending, gate?.TermsOf(_pending));
            _batch = claim.Batch;
            await Failpoints.HitAsync(Failpoint.F1);
            if (claim.IsOvertaken)
            {
                await gate!.LookAgainAsync();
            }
            else if (claim.Stale.Count > 0)
            {
                WaitingJob[] gone = [.. _pending.Where(job => claim.Stale.Contains(job.Sequence))];
                gate?.Drop(gone);
                Drop(gone);
            }
            else
            {
                gate?.Claimed(_pending);
                _pending.Clear();
            }
        }
    }

    private void Drop(IEnumerable<WaitingJob> gone)
    {
        foreach (var job in gone)
        {
            _pending.Remove(job);
            packing.Remove(job.Record);
        }
    }
}
