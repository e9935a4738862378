using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Polling;

/// <summary>Counts what a late duplicate of an ended batch had answered: it was paid for and is of no use any more.</summary>
internal sealed class LateBills(BatchLedger batches, Instruments instruments, TimeProvider time, ILogger<LateBills> logger)
{
    /// <summary>False when something could not be read. One that still runs is counted the next day.</summary>
    public async Task<bool> CountAsync(OwnedBatch batch, IBatchProvider provider, CancellationToken cancellationToken)
    {
        OwnedBatch? counted = batch;
        foreach (var late in batch.Record.UnreadLate)
        {
            if (counted is not null && await provider.GetAsync(late.ProviderBatchId, cancellationToken) is { Value: { HasEnded: true } ended })
            {
                counted = await CountAsync(counted, late, ended, provider, cancellationToken);
            }
        }
        return counted is not null;
    }

    private async Task<OwnedBatch?> CountAsync(OwnedBatch batch, LateBatch late, ProviderBatch ended, IBatchProvider provider, CancellationToken cancellationToken)
    {
        var paid = 0;
        try
        {
            await foreach (var line in provider.ReadResultsAsync(ended, cancellationToken))
            {
                paid += line.Outcome == Outcome.Succeeded ? 1 : 0;
            }
        }
        catch (ProviderReadException)
        {
            return null;
        }
        if (await batches.ChangeAsync(batch, batch.Record.WithLate(late with { IsRead = true, PaidTwice = paid }), time.GetUtcNow()) is not { } counted)
        {
            return null;
        }
        instruments.AnswersPaidTwice(paid, provider.Name.Wire());
        Log.PaidTwice(logger, batch.Record.Id, late.ProviderBatchId, paid);
        return counted;
    }
}
