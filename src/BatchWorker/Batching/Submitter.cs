using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Batching;

/// <summary>Takes a sealed batch to its provider; every step is written down before the next, so that any process can go on.</summary>
internal sealed class Submitter(BatchLedger batches, ProviderGate gate, ProviderSet providers, SubmissionSteps steps, BatchingOptions options, TimeProvider time, ILogger<Submitter> logger)
{
    public async Task HandleAsync(OwnedBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Record.Intent is not null)
        {
            Log.CreateInterrupted(logger, batch.Record.Id);
            await batches.DoubtAsync(batch, "The process ended during the create call.", time.GetUtcNow());
        }
        else if (batch.CancelRequestedAt is not null)
        {
            await batches.EndAsync(batch, new BatchEnding(BatchState.Cancelled, Leftover.Cancelled), null, time.GetUtcNow());
        }
        else if (await gate.ClosedAsync(batch.Record.Lane.Provider) is not null || !providers.TryGet(batch.Record.Lane.Provider, out var provider) || !await steps.Create.MayBeginAsync(batch, provider))
        {
            await batches.PostponeAsync(batch.Number, BatchWork.Submit, time.GetUtcNow() + options.LookAgain);
        }
        else
        {
            await SubmitAsync(batch, provider, cancellationToken);
        }
    }

    private async Task SubmitAsync(OwnedBatch batch, IBatchProvider provider, CancellationToken cancellationToken)
    {
        if (await steps.Upload.BringAsync(batch, provider, cancellationToken) is not { } ready)
        {
            return;
        }
        var sent = await steps.Create.SendAsync(ready, provider, steps.Spool.FileOf(ready), cancellationToken);
        if (sent?.State == BatchState.Submitted)
        {
            await Failpoints.HitAsync(Failpoint.F10);
            Log.Submitted(logger, sent.Record.Id, sent.Record.ProviderBatchId!, sent.Record.Intent?.RequestCount ?? sent.Record.JobCount);
            steps.Spool.Delete(sent);
        }
        else if (sent?.State == BatchState.InDoubt)
        {
            Log.InDoubt(logger, sent.Record.Id, sent.Record.Intent!.Reason!);
            steps.Spool.Delete(sent); // written again should the call prove absent
        }
    }
}

/// <summary>The steps of a submission, in their order.</summary>
internal sealed record SubmissionSteps(SpoolWriter Spool, InputUpload Upload, CreateCall Create);
