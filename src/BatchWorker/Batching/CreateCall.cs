using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Batching;

/// <summary>
/// The call that spends money: the intent is written down first, the call is sent once, and its outcome is written down.
/// A call that was begun is not cut off by a shutdown: its answer is worth the wait.
/// </summary>
internal sealed class CreateCall(BatchLedger batches, CreatePermit permit, SubmitFailures failures, BatchingOptions options, Instruments instruments, TimeProvider time, ILogger<CreateCall> logger)
{
    public Task<bool> MayBeginAsync(OwnedBatch batch, IBatchProvider provider) => permit.MayBeginAsync(batch, provider);

    /// <summary>The batch as it is after the call; null when it is no longer in our hands.</summary>
    public async Task<OwnedBatch?> SendAsync(OwnedBatch batch, IBatchProvider provider, SpooledFile file, CancellationToken cancellationToken)
    {
        var watermark = await provider.WatermarkAsync(cancellationToken);
        if (watermark.Failure is { } failure)
        {
            await failures.HandleAsync(batch, failure);
            return null;
        }
        if (await permit.NumberAsync() is not { } number)
        {
            await batches.PostponeAsync(batch.Number, BatchWork.Submit, time.GetUtcNow() + options.LookAgain);
            return null;
        }
        if (await IntendAsync(batch, provider, watermark.Value, number) is not { } intended)
        {
            return null;
        }
        if (await permit.RefuseAsync(intended) is { } reason)
        {
            Log.NotSent(logger, batch.Record.Id, reason.Code, reason.Message);
            return await batches.TryAgainAsync(intended with { Record = intended.Record with { Intent = null } }, reason, time.GetUtcNow(), options.LookAgain);
        }
        var call = provider.CreateAsync(SubmissionOf(intended, file), CancellationToken.None);
        await Failpoints.HitAsync(Failpoint.F8);
        var outcome = await call;
        await Failpoints.HitAsync(Failpoint.F9);
        instruments.ProviderCalled(provider.Name.Wire(), "create", outcome.Word);
        return await NoteAsync(intended, outcome);
    }

    private Task<OwnedBatch?> IntendAsync(OwnedBatch batch, IBatchProvider provider, string? watermark, long number)
    {
        var record = batch.Record;
        var count = record.Spool!.RequestCount;
        var intent = new SubmitIntent(record.Attempt + 1, provider.Account!, time.GetUtcNow(), watermark, record.InputFileId, count) { Number = number, HoldsLane = !provider.TagsBatches };
        return batches.IntendAsync(batch, record with { Attempt = intent.Attempt, Intent = intent });
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
