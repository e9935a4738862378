using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>Shows batches.</summary>
internal sealed class BatchPresenter(IProviderDesk providers, TimeProvider time)
{
    public BatchAnswer Show(OwnedBatch batch) => BatchAnswer.Of(batch, time.GetUtcNow(), providers.WindowOf(batch.Record.Lane.Provider));
}
