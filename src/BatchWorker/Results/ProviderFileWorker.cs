using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Results;

/// <summary>
/// Deletes the provider's copies of input and output, so many days after everything was stored. A copy that is gone already is deleted,
/// so a deletion may be repeated, by another replica too.
/// </summary>
internal sealed class ProviderFileWorker(ProviderCopies copies, BatchLedger batches, ProviderSet providers, ResultsOptions options, TimeProvider time, ILogger<ProviderFileWorker> logger)
{
    /// <summary>Batches in one look; each takes up to five calls.</summary>
    private const int MostBatches = 5;

    /// <summary>While one replica deletes the others leave the batch alone.</summary>
    private static readonly TimeSpan s_held = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_afterFailure = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_untilKeyIsBack = TimeSpan.FromDays(1);

    /// <summary>No provider keeps a batch's files longer by itself: OpenAI 30 days, Anthropic 29, Gemini six weeks.</summary>
    private static readonly TimeSpan s_longestKept = TimeSpan.FromDays(42);

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (options.ProviderFileAge is not { } age)
        {
            return;
        }
        foreach (var number in await copies.DueAsync(age, MostBatches))
        {
            if (await batches.ReadAsync(number) is { } batch)
            {
                await DeleteAsync(batch, age, cancellationToken);
            }
            else
            {
                await copies.ForgetAsync(number);
            }
        }
    }

    private async Task DeleteAsync(OwnedBatch batch, TimeSpan age, CancellationToken cancellationToken)
    {
        var record = batch.Record;
        if (!batch.State.HasEnded())
        {
            await copies.PostponeAsync(batch.Number, age, s_afterFailure);
        }
        else if (!providers.TryGet(record.Lane.Provider, out var provider) || provider.Account != record.Account)
        {
            await PutOffAsync(batch, age, s_untilKeyIsBack, "account_changed");
        }
        else
        {
            await copies.PostponeAsync(batch.Number, age, s_held);
            if (await DeleteAsync(record, provider, cancellationToken) is { } failure)
            {
                await PutOffAsync(batch, age, failure.RetryAfter ?? s_afterFailure, failure.Code);
            }
            else
            {
                await copies.ForgetAsync(batch.Number);
                Log.CopiesDeleted(logger, record.Id);
            }
        }
    }

    private static async Task<ProviderFailure?> DeleteAsync(BatchRecord batch, IBatchProvider provider, CancellationToken cancellationToken)
    {
        foreach (var late in batch.Late ?? [])
        {
            if (await provider.DeleteFilesAsync(new ProviderFiles(late.ProviderBatchId, null), cancellationToken) is { } failure)
            {
                return failure;
            }
        }
        return await provider.DeleteFilesAsync(new ProviderFiles(batch.ProviderBatchId, batch.InputFileId), cancellationToken);
    }

    /// <summary>Tried again until the provider has dropped them by itself.</summary>
    private async Task PutOffAsync(OwnedBatch batch, TimeSpan age, TimeSpan wait, string reason)
    {
        Log.CopiesNotDeleted(logger, batch.Record.Id, reason);
        if (time.GetUtcNow() - batch.Record.CompletedAt > s_longestKept)
        {
            await copies.ForgetAsync(batch.Number);
        }
        else
        {
            await copies.PostponeAsync(batch.Number, age, wait);
        }
    }
}
