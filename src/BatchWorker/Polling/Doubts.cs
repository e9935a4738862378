using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>The ways out of doubt, and the one back into it; each is one change of the record.</summary>
internal sealed class Doubts(BatchLedger batches, PollingOptions options, TimeProvider time, ILogger<Doubts> logger)
{
    private const string InDoubt = "in_doubt";
    private const string Quarantined = "quarantined";

    /// <summary>What to look for after a create call.</summary>
    public SubmissionTrace TraceOf(BatchRecord batch, SubmitIntent intent) =>
        new(new SubmissionTag(batch.Id, intent.Attempt), intent.InputFileId, intent.RequestCount, intent.At, intent.Watermark)
        {
            EndedBy = intent.DoubtedAt + options.ReconcileGrace,
        };

    /// <summary>It is this batch of the provider.</summary>
    public Task<OwnedBatch?> AdoptAsync(OwnedBatch batch, string providerBatchId, DateTimeOffset? createdAt) =>
        BindAsync(batch, providerBatchId, createdAt, null);

    /// <summary>An earlier call, proven absent, did arrive: the batch is that one, and the call in doubt is looked for as its duplicate.</summary>
    public Task<OwnedBatch?> AdoptEarlierAsync(OwnedBatch batch, SubmitIntent arrived, ProviderBatch found)
    {
        var calls = batch.Record.ProvenAbsent.Where(absent => absent != arrived).Append(batch.Record.Intent!);
        return AdoptAsync(batch with { Record = batch.Record with { ProvenAbsent = [.. calls] } }, found.Id, found.CreatedAt ?? arrived.At);
    }

    /// <summary>It is probably this batch of the provider; its results will tell. Until the grace is over the real one may turn up, and others wait.</summary>
    public Task GuessAsync(OwnedBatch batch, string providerBatchId, DateTimeOffset? createdAt)
    {
        var intent = batch.Record.Intent!;
        return BindAsync(batch, providerBatchId, createdAt, intent with { LaneHeldUntil = intent.DoubtedAt + options.ReconcileGrace });
    }

    /// <summary>An operator says that it is this one; its results are still to confirm it, but nobody waits for that.</summary>
    public Task<OwnedBatch?> TrustAsync(OwnedBatch batch, string providerBatchId) =>
        BindAsync(batch, providerBatchId, null, batch.Record.Intent!);

    /// <summary>A complete listing without it; enough of them prove that the call did not arrive.</summary>
    public async Task NoteEmptyAsync(OwnedBatch batch, DateTimeOffset listed)
    {
        var intent = batch.Record.Intent!;
        var empty = intent.EmptyListings + 1;
        if (PollPlan.IsProvenAbsent(intent, empty, listed, options.ReconcileGrace))
        {
            Log.ProvenAbsent(logger, batch.Record.Id, empty);
            await SendAgainAsync(batch);
        }
        else
        {
            await batches.ChangeAsync(batch, batch.Record with { Intent = intent with { EmptyListings = empty } }, NextListing(batch));
        }
    }

    /// <summary>Several may be it, or one that does not tell: nothing is decided before the next listing.</summary>
    public async Task WaitAsync(OwnedBatch batch, IEnumerable<string> candidates)
    {
        var error = ErrorOf(batch.Record, $"It may be any of {string.Join(", ", candidates)}; their results decide when they have ended, else an operator.");
        Say(batch.Record, error);
        await batches.ChangeAsync(batch, batch.Record with { Error = error, Intent = batch.Record.Intent! with { EmptyListings = 0 } }, NextListing(batch));
    }

    /// <summary>Back to submitting; the call is remembered, since its batch may still turn up.</summary>
    public Task<OwnedBatch?> SendAgainAsync(OwnedBatch batch) => batches.ChangeAsync(
        batch,
        batch.Record with
        {
            State = BatchState.Submitting,
            ProvenAbsent = [.. batch.Record.ProvenAbsent, batch.Record.Intent!],
            Intent = null,
            Error = null,
            Failures = 0,
        },
        time.GetUtcNow());

    /// <summary>The provider's batch that was taken for this one is not, or does not tell: the outcome of the create call is unknown again.</summary>
    public Task<OwnedBatch?> UnbindAsync(OwnedBatch batch, SubmitIntent intent) => batches.ChangeAsync(
        batch,
        batch.Record with
        {
            State = BatchState.InDoubt,
            Intent = intent with { LaneHeldUntil = null, EmptyListings = 0 },
            Guess = null,
            ProviderBatchId = null,
            SubmittedAt = null,
            HasBegun = false,
            ProgressAt = null,
            ProgressCount = 0,
            Error = new BatchError(InDoubt, $"{batch.Record.ProviderBatchId} was taken for it and is another one, or does not tell."),
            Failures = 0,
        },
        time.GetUtcNow());

    /// <summary>The listing failed, which proves nothing.</summary>
    public async Task PostponeAsync(OwnedBatch batch)
    {
        var error = ErrorOf(batch.Record, "The listings that would decide fail.");
        if (error.Code == InDoubt || error == batch.Record.Error)
        {
            await batches.PostponeAsync(batch.Number, BatchWork.Poll, NextListing(batch));
            return;
        }
        Say(batch.Record, error);
        await batches.ChangeAsync(batch, batch.Record with { Error = error }, NextListing(batch));
    }

    /// <summary>After more than a day nothing will decide it by itself: then the error says what an operator can do.</summary>
    private BatchError ErrorOf(BatchRecord batch, string reason) =>
        time.GetUtcNow() < (batch.Intent!.DoubtedAt ?? batch.Intent.At) + options.QuarantineAfter ? new BatchError(InDoubt, reason)
        : new BatchError(Quarantined, reason + $" It is in doubt for more than {options.QuarantineAfter.TotalHours} hours and stays so; look at the provider and decide with POST /batch/batches/{batch.Id}/resolve and {{\"provider_batch_id\":\"…\"}} or {{\"absent\":true}}.");

    /// <summary>Once each: that it is not clear, and that an operator is needed.</summary>
    private void Say(BatchRecord batch, BatchError error)
    {
        if (error.Code == InDoubt && error != batch.Error)
        {
            Log.Ambiguous(logger, batch.Id, error.Message);
        }
        else if (error.Code == Quarantined && batch.Error?.Code != Quarantined)
        {
            Log.Quarantined(logger, batch.Id, error.Message);
        }
    }

    private async Task<OwnedBatch?> BindAsync(OwnedBatch batch, string providerBatchId, DateTimeOffset? createdAt, SubmitIntent? guess)
    {
        var bound = batch.Record with
        {
            State = BatchState.Submitted,
            ProviderBatchId = providerBatchId,
            SubmittedAt = createdAt ?? batch.Record.Intent!.At,
            Guess = guess,
            Intent = null,
            Error = null,
            Failures = 0,
        };
        var adopted = await batches.ChangeAsync(batch, bound, time.GetUtcNow());
        if (adopted is not null)
        {
            Log.Adopted(logger, batch.Record.Id, providerBatchId, guess is null ? "certain" : "to be confirmed");
        }
        return adopted;
    }

    private DateTimeOffset NextListing(OwnedBatch batch) => PollPlan.NextListing(batch.Record.Intent!, time.GetUtcNow(), options.ReconcileGrace);
}
