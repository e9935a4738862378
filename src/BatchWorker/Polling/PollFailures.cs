using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>What becomes of a batch that could not be looked at. It is at the provider and may be paid for, so it is never given up.</summary>
internal sealed class PollFailures(BatchLedger batches, ProviderHealth health, PollingOptions options, TimeProvider time, ILogger<PollFailures> logger)
{
    private const int GoneAfter = 5;

    public async Task HandleAsync(OwnedBatch batch, IBatchProvider provider, ProviderFailure failure, bool cancelling)
    {
        Log.PollFailed(logger, batch.Record.Id, failure.Kind, failure.Code);
        switch (failure.Kind)
        {
            case FailureKind.Unauthorized:
                await health.RefusedKeyAsync(provider.Name, failure.Message);
                break;
            case FailureKind.Unavailable:
                await health.DidNotAnswerAsync(provider.Name, failure.Message);
                break;
            case FailureKind.NotFound when cancelling && IsGone(batch, provider):
                await batches.EndAsync(batch, new BatchEnding(BatchState.Cancelled, Leftover.Cancelled), ErrorOf(failure), time.GetUtcNow());
                return;
            default:
                break;
        }
        var least = failure.RetryAfter > options.CheckInterval ? failure.RetryAfter.Value : options.CheckInterval;
        await batches.TryAgainAsync(batch, ErrorOf(failure), time.GetUtcNow(), least);
    }

    /// <summary>Where a 404 may pass, it must have come often and long enough.</summary>
    private bool IsGone(OwnedBatch batch, IBatchProvider provider) =>
        provider.Propagation == TimeSpan.Zero
        || (batch.Record.Failures >= GoneAfter && time.GetUtcNow() >= batch.Record.SubmittedAt + provider.Propagation);

    private static BatchError ErrorOf(ProviderFailure failure) => new(failure.Code, failure.Message);
}
