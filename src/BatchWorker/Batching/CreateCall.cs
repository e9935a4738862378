using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Batching;

/// <summary>
/// The call that spends money: the intent is written down first, the call is sent once, and its outcome is written down.
/// A call that was begun is not cut off by a shutdown: its answer is worth the wait.
/// </summary>
internal sealed class CreateCall(BatchLedger batches, AccountClaims claims, OwnerLease lease, SubmitFailures failures, BatchingOptions options, Instruments instruments, TimeProvider time)
{
    /// <summary>Where the provider keeps no tag, a batch waits while the create call of another one has no known outcome: theirs could not be told apart.</summary>
    public async Task<bool> MayBeginAsync(OwnedBatch batch, IBatchProvider provider) =>
        provider.TagsBatches || await claims.IsLaneFreeAsync(provider.Account!, batch.Number);

    /// <summary>The batch as it is after the call; null when it is no longer in our hands.</summary>
    public async Task<OwnedBatch?> SendAsync(OwnedBatch batch, IBatchProvider provider, SpooledFile file, CancellationToken cancellationToken)
    {
        var watermark = await provider.WatermarkAsync(cancellationToken);
        if (watermark.Failure is { } failure)
        {
            await failures.HandleAsync(batch, failure);
            return null;
        }
        if (await IntendAsync(batch, provider, watermark.Value) is not { } intended)
        {
            return null;
        }
        await Failpoints.HitAsync(Failpoint.F7);
        if (!lease.IsTrusted)
        {
            return await batches.ChangeAsync(intended, intended.Record with { Intent = null }, time.GetUtcNow() + options.LookAgain);
        }
        var call = provider.CreateAsync(SubmissionOf(intended, file), CancellationToken.None);
        await Failpoints.HitAsync(Failpoint.F8);
        var outcome = await call;
        await Failpoints.HitAsync(Failpoint.F9);
        instruments.ProviderCalled(provider.Name.Wire(), "create", outcome.Word);
        return await NoteAsync(intended, outcome);
    }

    private async Task<OwnedBatch?> IntendAsync(OwnedBatch batch, IBatchProvider provider, string? watermark)
    {
        var record = batch.Record;
        var count = record.Spool!.RequestCount;
        var intent = new SubmitIntent(record.Attempt + 1, provider.Account!, time.GetUtcNow(), watermark, record.InputFileId, count) { HoldsLane = !provider.TagsBatches };
        return await batches.ChangeUnlessCancelledAsync(batch, record with { Attempt = intent.Attempt, Intent = intent }, time.GetUtcNow());
    }

    private static Submission SubmissionOf(OwnedBatch batch, SpooledFile file) =>
        new(new SubmissionTag(batch.Record.Id, batch.Record.Attempt), batch.Record.Lane, file, batch.Record.InputFileId, batch.Record.Intent!.RequestCount);

    private async Task<OwnedBatch?> NoteAsync(OwnedBatch batch, CreateOutcome outcome)
    {
        switch (outcome)
        {
            case CreateOutcome.Created created:
                var submitted = batch.Record with
                {
                    State = BatchState.Submitted,
                    ProviderBatchId = created.ProviderBatchId,
                    SubmittedAt = time.GetUtcNow(),
                    Intent = null,
                    Error = null,
                    Failures = 0,
                };
                return await batches.ChangeAsync(batch, submitted, time.GetUtcNow());
            case CreateOutcome.NotSent notSent:
                var unsent = batch with { Record = batch.Record with { Intent = null } };
                return await batches.TryAgainAsync(unsent, new BatchError("not_sent", notSent.Reason), time.GetUtcNow(), options.RetryAfter);
            case CreateOutcome.Rejected rejected:
                await failures.HandleAsync(batch, rejected.Failure);
                return null;
            case CreateOutcome.Unknown unknown:
                return await batches.DoubtAsync(batch, unknown.Reason, time.GetUtcNow());
            default:
                throw new InvalidOperationException($"{outcome.GetType().Name} is no outcome of a create call.");
        }
    }
}
