using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Results;

/// <summary>
/// Uses what a late duplicate has answered before any job of the batch is sent again: both were paid for. The batch waits for the duplicate's end,
/// which was asked for. Jobs that both have answered are counted as paid twice.
/// </summary>
internal sealed class LateAnswers(BatchLedger batches, RetrievalSources sources, SettlerTools tools, Instruments instruments, ILogger<LateAnswers> logger)
{
    private static readonly TimeSpan s_untilEnded = TimeSpan.FromMinutes(1);
    private static readonly BatchError s_waits = new("duplicate", "A duplicate of it is being stopped at the provider; what that has answered is waited for.");

    /// <summary>Whether the duplicate that is waited for still runs; then the batch is looked at again later.</summary>
    public async Task<bool> IsWaitingAsync(OwnedBatch batch, CancellationToken cancellationToken) =>
        batch.Record.Error == s_waits
        && batch.Record.UnreadLate.FirstOrDefault() is { } late
        && sources.ProviderOf(batch.Record) is { } provider
        && await provider.GetAsync(late.ProviderBatchId, cancellationToken) is { Value: { HasEnded: false } running }
        && await WaitsAsync(batch, late, running, provider, cancellationToken);

    /// <summary>Takes the answers of one duplicate; the answers of the batch itself have been read. Whatever comes of it, the batch is looked at again.</summary>
    public async Task UseAsync(OwnedBatch batch, BatchPlaces places, Settler settler, CancellationToken cancellationToken)
    {
        var late = batch.Record.UnreadLate.First();
        if (sources.ProviderOf(batch.Record) is not { } provider)
        {
            await sources.TryAgainAsync(batch, RetrievalSources.OtherAccount);
            return;
        }
        var seen = await provider.GetAsync(late.ProviderBatchId, cancellationToken);
        if (seen.Value is { HasEnded: false } running && await WaitsAsync(batch, late, running, provider, cancellationToken))
        {
            return;
        }
        var (read, failure) = seen.Value is { MayHoldAnswers: true } ended ? await ReadAsync(late, ended, provider, places, settler, cancellationToken) : (late, seen.Failure);
        if (settler.Batch is not { } settled)
        {
            return;
        }
        if (failure is not null && !sources.IsGone(settled, failure))
        {
            await sources.TryAgainAsync(settled, failure);
            return;
        }
        await CloseAsync(settled, read with { IsRead = true });
    }

    /// <summary>False when it has been asked to stop for so long that it is waited for no more.</summary>
    private async Task<bool> WaitsAsync(OwnedBatch batch, LateBatch late, ProviderBatch running, IBatchProvider provider, CancellationToken cancellationToken)
    {
        var now = tools.Time.GetUtcNow();
        if (now >= late.FoundAt + provider.Window)
        {
            return false;
        }
        if (!running.IsStopping)
        {
            await provider.CancelAsync(late.ProviderBatchId, cancellationToken);
        }
        if (batch.Record.Error == s_waits)
        {
            await batches.PostponeAsync(batch.Number, BatchWork.Retrieve, now + s_untilEnded);
        }
        else
        {
            Log.WaitsForDuplicate(logger, batch.Record.Id, late.ProviderBatchId);
            await batches.ChangeAsync(batch, batch.Record with { Error = s_waits }, now + s_untilEnded);
        }
        return true;
    }

    private async Task<(LateBatch Read, ProviderFailure? Failure)> ReadAsync(LateBatch late, ProviderBatch ended, IBatchProvider provider, BatchPlaces places, Settler settler, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var line in provider.ReadResultsAsync(ended, cancellationToken))
            {
                if (settler.Batch is not { } batch)
                {
                    break;
                }
                if (line.Outcome != Outcome.Succeeded || !JobId.TryParse(line.CustomId, out var id) || places.PlaceOf(id) is not { } place)
                {
                    continue;
                }
                var verdict = AnswerReader.VerdictOf(line);
                if (places.IsAnswered(place))
                {
                    late = late with { PaidTwice = late.PaidTwice + 1, PaidTwicePico = late.PaidTwicePico + (tools.Prices.Of(batch.Record.Lane, verdict, tools.Time.GetUtcNow())?.Batch ?? 0) };
                }
                else
                {
                    late = late.WithUsed(verdict.Usage);
                }
                await settler.AddAsync(id, verdict, cancellationToken);
            }
            await settler.FlushAsync(cancellationToken);
            return (late, null);
        }
        catch (ProviderReadException interrupted)
        {
            await settler.FlushAsync(cancellationToken);
            return (late, interrupted.Failure);
        }
    }

    private async Task CloseAsync(OwnedBatch batch, LateBatch read)
    {
        var closed = batch.Record.WithLate(read) with { Error = null, Failures = 0 };
        if (await batches.ChangeAsync(batch, closed, tools.Time.GetUtcNow()) is not null)
        {
            instruments.AnswersPaidTwice(read.PaidTwice, batch.Record.Lane.Provider.Wire());
            Log.DuplicateRead(logger, batch.Record.Id, read.ProviderBatchId, read.PaidTwice, read.PaidTwicePico);
        }
    }
}
