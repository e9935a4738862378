using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>Ends jobs whose request can not be read any more: they fail, and the rest of their batch goes without them.</summary>
internal sealed class LostRequests(LedgerStore store, Settlements settlements, ErrorCodes codes)
{
    /// <summary>The error code of such a job.</summary>
    public const string Code = "data_lost";

    /// <summary>Null when the batch is no longer ours.</summary>
    public async Task<OwnedBatch?> SettleAsync(OwnedBatch batch, IReadOnlyList<BatchedRequest> lost)
    {
        var code = await codes.NumberOfAsync(Code);
        var current = batch;
        foreach (var part in lost.Chunk(Settlements.MaxOutcomes))
        {
            var number = current.Settlements + 1;
            var outcomes = part.Select(request => new Settlement(
                request.Position,
                request.Sequence,
                new OutcomeRecord { Outcome = Outcome.Failed, Code = code, Settlement = number, AtMs = store.NowMs }));
            if (await settlements.SettleAsync(current, [.. outcomes]) is not { } settled)
            {
                return null;
            }
            current = settled;
        }
        return current;
    }
}
