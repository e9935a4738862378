using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Polling;

/// <summary>Follows one batch at its provider until it has ended there.</summary>
internal sealed class Poller(BatchLedger batches, ProviderSet providers, PollSteps steps, PollingOptions options, TimeProvider time)
{
    /// <summary>The reason of a batch that another account submitted: only that account can be asked for it.</summary>
    public const string AccountChanged = "account_changed";

    public async Task HandleAsync(OwnedBatch batch, CancellationToken cancellationToken)
    {
        if (!providers.TryGet(batch.Record.Lane.Provider, out var provider) || provider.Account != batch.Record.Account)
        {
            await WaitForAccountAsync(batch);
        }
        else if (batch.State == BatchState.InDoubt)
        {
            await steps.Reconciler.HandleAsync(batch, provider, cancellationToken);
        }
        else
        {
            await FollowAsync(batch, provider, cancellationToken);
        }
    }

    private async Task FollowAsync(OwnedBatch batch, IBatchProvider provider, CancellationToken cancellationToken)
    {
        var isOver = (batch.CancelRequestedAt ?? batch.Record.StuckAt) is not null;
        var cancels = isOver && batch.Record is { CancelSent: false, Guess: null }; // a guess may be somebody else's batch
        var id = batch.Record.ProviderBatchId!;
        var seen = cancels ? await provider.CancelAsync(id, cancellationToken) : await provider.GetAsync(id, cancellationToken);
        await Failpoints.HitAsync(Failpoint.F11);
        if (seen.Failure is { } failure)
        {
            if (!await steps.Guesses.GiveBackAsync(batch, provider, failure))
            {
                var watched = batch with { Record = steps.Stuck.Watch(batch.Record, provider) };
                await steps.Failures.HandleAsync(watched, provider, failure, cancels && batch.CancelRequestedAt is not null);
            }
            return;
        }
        var (looked, _) = await steps.Duplicates.LookAsync(batch, provider, cancellationToken);
        if (looked is not null && await ConfirmAsync(looked, provider, seen.Value!, cancellationToken) is { } certain)
        {
            var known = certain.Record with { CancelSent = certain.Record.CancelSent || cancels, Failures = 0, Error = null };
            await NoteAsync(certain with { Record = known }, seen.Value!, provider);
        }
    }

    /// <summary>Before anything is taken from an ended batch it must be certain that it is ours; null when it is not yet.</summary>
    private async Task<OwnedBatch?> ConfirmAsync(OwnedBatch batch, IBatchProvider provider, ProviderBatch seen, CancellationToken cancellationToken) =>
        batch.Record.Guess is null || !seen.HasEnded ? batch : await steps.Guesses.ConfirmAsync(batch, provider, seen, cancellationToken);

    private async Task NoteAsync(OwnedBatch batch, ProviderBatch seen, IBatchProvider provider)
    {
        var next = ProgressRules.Apply(batch.Record, seen, time.GetUtcNow());
        if ((await steps.Endings.DecideAsync(batch, seen) ?? steps.Stuck.GiveUp(batch)) is { } ending)
        {
            await batches.EndAsync(batch with { Record = next }, ending.Ending, ending.Error, time.GetUtcNow());
            return;
        }
        var watched = steps.Stuck.Watch(next, provider);
        var wait = watched == next ? PollPlan.Interval(next, time.GetUtcNow(), options.CheckInterval) : TimeSpan.Zero;
        next = watched;
        var at = time.GetUtcNow() + wait;
        if (next.Pack().AsSpan().SequenceEqual(batch.Stored))
        {
            await batches.PostponeAsync(batch.Number, BatchWork.Poll, at);
        }
        else
        {
            await batches.ChangeAsync(batch, next, at);
        }
    }

    private async Task WaitForAccountAsync(OwnedBatch batch)
    {
        var later = time.GetUtcNow() + options.CheckInterval;
        if (batch.Record.Error?.Code == AccountChanged)
        {
            await batches.PostponeAsync(batch.Number, BatchWork.Poll, later);
            return;
        }
        var error = new BatchError(AccountChanged, "It was submitted with another key or base URL; it is followed again when that is configured.");
        await batches.ChangeAsync(batch, batch.Record with { Error = error }, later);
    }
}

/// <summary>What following a batch may need.</summary>
internal sealed record PollSteps(Reconciler Reconciler, Duplicates Duplicates, Guesses Guesses, Endings Endings, StuckBatches Stuck, PollFailures Failures);
