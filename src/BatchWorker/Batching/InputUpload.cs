using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Batching;

/// <summary>Brings the input of a batch to its provider: spool, UPLOAD intent, upload, file id.</summary>
internal sealed class InputUpload(SpoolWriter spool, LostRequests lost, BatchLedger batches, SubmitFailures failures, TimeProvider time)
{
    /// <summary>A batch that may be created now; null when it may not, which is written down.</summary>
    public async Task<OwnedBatch?> BringAsync(OwnedBatch batch, IBatchProvider provider, CancellationToken cancellationToken)
    {
        if (IsThere(batch, provider))
        {
            return batch;
        }
        if (await SpoolAsync(batch, provider, cancellationToken) is not { } input)
        {
            return null;
        }
        if (await lost.SettleAsync(batch, input.Unreadable) is not { } readable)
        {
            return null;
        }
        if (input.RequestCount == 0)
        {
            await batches.EndAsync(readable, new BatchEnding(BatchState.Cancelled, Leftover.Released), new BatchError("empty", "Nothing was left to send."), time.GetUtcNow());
            return null;
        }
        return await UploadAsync(readable, provider, input, cancellationToken);
    }

    private async Task<SpooledInput?> SpoolAsync(OwnedBatch batch, IBatchProvider provider, CancellationToken cancellationToken)
    {
        try
        {
            return await spool.WriteAsync(batch, provider, cancellationToken);
        }
        catch (Exception disk) when (disk is IOException or UnauthorizedAccessException)
        {
            await failures.NotSpooledAsync(batch, disk.Message);
            return null;
        }
    }

    private static bool IsThere(OwnedBatch batch, IBatchProvider provider) =>
        provider.UploadsInput && batch.Record.InputFileId is not null && batch.Record.Account == provider.Account;

    private async Task<OwnedBatch?> UploadAsync(OwnedBatch batch, IBatchProvider provider, SpooledInput input, CancellationToken cancellationToken)
    {
        var begun = batch.Record.Spool == input.Facts && batch.Record.Account == provider.Account;
        var intent = batch.Record with { Spool = input.Facts, Account = provider.Account, InputFileId = null };
        var intended = begun ? batch : await batches.ChangeAsync(batch, intent, time.GetUtcNow());
        await Failpoints.HitAsync(Failpoint.F4);
        if (intended is null || !provider.UploadsInput)
        {
            return intended;
        }
        var id = await UploadOnceAsync(provider, input.File, begun, cancellationToken);
        if (id.Failure is { } failure)
        {
            await failures.HandleAsync(intended, FailureCodes.BlameInput(failure));
            return null;
        }
        await Failpoints.HitAsync(Failpoint.F6);
        return await batches.ChangeAsync(intended, intended.Record with { InputFileId = id.Value, Failures = 0, Error = null }, time.GetUtcNow());
    }

    /// <summary>An upload that was begun before may have arrived.</summary>
    private static async Task<Answer<string>> UploadOnceAsync(IBatchProvider provider, SpooledFile file, bool begun, CancellationToken cancellationToken)
    {
        if (begun)
        {
            var found = await provider.FindUploadAsync(file, cancellationToken);
            if (found.Failure is not null || found.Value is { Length: > 0 })
            {
                return found;
            }
        }
        var upload = provider.UploadAsync(file, cancellationToken);
        await Failpoints.HitAsync(Failpoint.F5);
        return await upload;
    }
}
