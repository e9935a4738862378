using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>
/// What becomes of a batch whose upload or create call was answered with a failure. Nothing was created, so nothing was spent
/// and no attempt counts. What can be waited for is waited for; what can not ends the batch with the provider's reason.
/// </summary>
internal sealed class SubmitFailures(BatchLedger batches, ProviderHealth health, Switches switches, BatchingOptions options, TimeProvider time, ILogger<SubmitFailures> logger)
{
    /// <summary>
    /// Gemini's 429 for more tokens than may be enqueued, as well as for too many calls (ai.google.dev/gemini-api/docs/rate-limits),
    /// and at times for neither (googleapis/js-genai#1264).
    /// </summary>
    private const string Exhausted = "RESOURCE_EXHAUSTED";

    /// <summary>So often it is waited for, before a batch counts as larger than all the room there is.</summary>
    private const int WaitsForRoom = 3;

    /// <summary>Tries after which it is not the input that the provider does not find, but what the jobs ask for.</summary>
    private const int GoneAfter = 5;

    private static readonly TimeSpan QuotaHold = TimeSpan.FromMinutes(10);

    public async Task HandleAsync(OwnedBatch batch, ProviderFailure failure)
    {
        var provider = batch.Record.Lane.Provider;
        var error = new BatchError(failure.Code, failure.Message) { Line = failure.Line };
        var unsent = batch with { Record = batch.Record with { Intent = null } };
        switch (failure.Kind)
        {
            case FailureKind.Unauthorized:
                await health.RefusedKeyAsync(provider, failure.Message);
                await WaitAsync(unsent, error, time.GetUtcNow() + options.LookAgain);
                break;
            case FailureKind.Throttled when await IsLargerThanAllRoomAsync(batch, failure):
                await SplitAsync(unsent, error, Leftover.NoRoomSuspected);
                break;
            case FailureKind.Throttled:
            case FailureKind.Refused when FailureCodes.SaysQuotaSpent(failure.Code):
                var until = await health.HoldAsync(provider, FailureCodes.SaysQuotaSpent(failure.Code) ? QuotaHold : failure.RetryAfter);
                await WaitAsync(unsent, error, until);
                break;
            case FailureKind.Invalid when failure.Line is not null:
                await batches.EndAsync(unsent, new BatchEnding(BatchState.Failed, Leftover.Released), error, time.GetUtcNow());
                break;
            case FailureKind.TooLarge or FailureKind.Invalid:
                await SplitAsync(unsent, error, Leftover.Suspected);
                break;
            case FailureKind.NotFound when batch.Record.Failures < GoneAfter:
                await batches.TryAgainAsync(unsent with { Record = unsent.Record with { InputFileId = null, Spool = null } }, error, time.GetUtcNow(), options.RetryAfter);
                break;
            case FailureKind.Unavailable:
                await health.DidNotAnswerAsync(provider, failure.Message);
                await batches.TryAgainAsync(unsent, error, time.GetUtcNow(), options.RetryAfter);
                break;
            default:
                await batches.EndAsync(unsent, new BatchEnding(BatchState.Failed, Leftover.Refused), error, time.GetUtcNow());
                break;
        }
    }

    /// <summary>The disk does not take the input of a batch, which waits: nothing was sent.</summary>
    public async Task NotSpooledAsync(OwnedBatch batch, string reason)
    {
        Log.NotSpooled(logger, batch.Record.Id, reason);
        await batches.TryAgainAsync(batch, new BatchError("spool_unavailable", "The disk of BATCH_DATA_DIR does not take the input; the log says why."), time.GetUtcNow(), options.LookAgain);
    }

    private Task<OwnedBatch?> WaitAsync(OwnedBatch batch, BatchError error, DateTimeOffset until) =>
        batches.ChangeAsync(batch, batch.Record with { Error = error, Failures = batch.Record.Failures + 1 }, until);

    /// <summary>One that finds no room at the create call again and again, although nothing else of its model is there, would never find any.</summary>
    private async Task<bool> IsLargerThanAllRoomAsync(OwnedBatch batch, ProviderFailure failure) =>
        failure.Code == Exhausted
        && batch.Record is { InputFileId: not null, Failures: >= WaitsForRoom }
        && batch.Claimed > 1
        && await batches.IsAloneAsync(batch);

    /// <summary>The jobs go back, in batches of half the size; a single job that is too large or invalid is refused.</summary>
    private async Task SplitAsync(OwnedBatch batch, BatchError error, Leftover many)
    {
        if (batch.Claimed > 1)
        {
            await switches.SetSuspectLimitAsync(batch.Record.LaneNumber, batch.Claimed / 2);
        }
        var leftover = batch.Claimed > 1 ? many : Leftover.Refused;
        await batches.EndAsync(batch, new BatchEnding(BatchState.Failed, leftover), error, time.GetUtcNow());
    }
}
