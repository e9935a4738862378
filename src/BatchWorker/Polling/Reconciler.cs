using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>
/// Finds out whether a create call of unknown outcome arrived: an operator's word, or a listing that shows the batch, or enough listings
/// that do not. Until then nothing is sent again.
/// </summary>
internal sealed class Reconciler(BatchLedger batches, Duplicates duplicates, PollingOptions options, TimeProvider time, ILogger<Reconciler> logger)
{
    public async Task HandleAsync(OwnedBatch batch, IBatchProvider provider, CancellationToken cancellationToken)
    {
        if (batch.Resolution is { } word)
        {
            await ResolveAsync(batch, word);
            return;
        }
        var listed = time.GetUtcNow();
        var found = await provider.FindAsync(TraceOf(batch.Record, batch.Record.Intent!), cancellationToken);
        if (found.Failure is { } failure)
        {
            Log.ListingFailed(logger, batch.Record.Id, failure.Kind, failure.Code);
            await batches.PostponeAsync(batch.Number, BatchWork.Poll, NextListing(batch));
        }
        else if (found.Value is { Count: > 0 } candidates)
        {
            await AdoptAsync(batch, candidates[0].Id, candidates[0].CreatedAt);
            await duplicates.StopAsync(batch.Record.Id, provider, candidates.Skip(1), cancellationToken);
        }
        else
        {
            await NoteEmptyAsync(batch, listed);
        }
    }

    /// <summary>What to look for after a create call.</summary>
    public static SubmissionTrace TraceOf(BatchRecord batch, SubmitIntent intent) =>
        new(new SubmissionTag(batch.Id, intent.Attempt), intent.InputFileId, intent.RequestCount, intent.At, intent.Watermark);

    private Task ResolveAsync(OwnedBatch batch, string providerBatchId)
    {
        Log.Resolved(logger, batch.Record.Id, providerBatchId.Length == 0 ? "absent" : providerBatchId);
        return providerBatchId.Length == 0 ? SendAgainAsync(batch) : AdoptAsync(batch, providerBatchId, null);
    }

    private async Task AdoptAsync(OwnedBatch batch, string providerBatchId, DateTimeOffset? createdAt)
    {
        var adopted = batch.Record with
        {
            State = BatchState.Submitted,
            ProviderBatchId = providerBatchId,
            SubmittedAt = createdAt ?? batch.Record.Intent!.At,
            Intent = null,
            Error = null,
            Failures = 0,
        };
        if (await batches.ChangeAsync(batch, adopted, time.GetUtcNow()) is not null)
        {
            Log.Adopted(logger, batch.Record.Id, providerBatchId);
        }
    }

    private async Task NoteEmptyAsync(OwnedBatch batch, DateTimeOffset listed)
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

    /// <summary>Back to submitting; the call is remembered, since its batch may still turn up.</summary>
    private Task<OwnedBatch?> SendAgainAsync(OwnedBatch batch) => batches.ChangeAsync(
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

    private DateTimeOffset NextListing(OwnedBatch batch) => PollPlan.NextListing(batch.Record.Intent!, time.GetUtcNow(), options.ReconcileGrace);
}
