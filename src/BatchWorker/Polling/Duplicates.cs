using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Polling;

/// <summary>
/// A submission that was proven absent may turn up after all. It is written down with the batch whose work it does, so that it counts once
/// and its answers are found, and asked to stop.
/// </summary>
internal sealed class Duplicates(BatchLedger batches, Doubts doubts, Strangers strangers, Instruments instruments, TimeProvider time, ILogger<Duplicates> logger)
{
    /// <summary>Looks for late submissions of a batch. The batch with what was found, null when it changed meanwhile; and whether every listing could be read.</summary>
    public async Task<(OwnedBatch? Batch, bool IsComplete)> LookAsync(OwnedBatch batch, IBatchProvider provider, CancellationToken cancellationToken)
    {
        var isComplete = true;
        foreach (var absent in batch.Record.ProvenAbsent.Where(absent => absent.Account == provider.Account))
        {
            var trace = doubts.TraceOf(batch.Record, absent);
            var found = await provider.FindAsync(trace, cancellationToken);
            if (found.Failure is { } failure)
            {
                Log.ListingFailed(logger, batch.Record.Id, failure.Kind, failure.Code);
                isComplete = false;
                continue;
            }
            var others = found.Value!.Where(candidate => candidate.Id != batch.Record.ProviderBatchId).ToArray();
            var (judged, ours) = provider.TagsBatches ? (absent, others) : await strangers.ExcludeAsync(batch, absent, trace, others, provider, cancellationToken);
            if (await NoteAsync(batch, Replace(batch.Record, absent, judged), ours, provider, cancellationToken) is not { } noted)
            {
                return (null, isComplete);
            }
            batch = noted;
        }
        return (batch, isComplete);
    }

    /// <summary>Notes batches that do the work of another one, and asks the provider to stop them; null when the batch changed meanwhile.</summary>
    public Task<OwnedBatch?> NoteAsync(OwnedBatch batch, IReadOnlyList<ProviderBatch> ours, IBatchProvider provider, CancellationToken cancellationToken) =>
        NoteAsync(batch, batch.Record, ours, provider, cancellationToken);

    private async Task<OwnedBatch?> NoteAsync(OwnedBatch batch, BatchRecord judged, IReadOnlyList<ProviderBatch> ours, IBatchProvider provider, CancellationToken cancellationToken)
    {
        var fresh = ours.Where(duplicate => !judged.IsLate(duplicate.Id)).ToArray();
        var noted = fresh.Length == 0 ? judged : judged with { Late = [.. judged.Late ?? [], .. fresh.Select(duplicate => new LateBatch(duplicate.Id, time.GetUtcNow()))] };
        var known = ReferenceEquals(noted, batch.Record) ? batch : await batches.ChangeAsync(batch, noted, time.GetUtcNow());
        if (known is null)
        {
            return null;
        }
        foreach (var duplicate in fresh)
        {
            instruments.DuplicateBatchFound(provider.Name.Wire());
            Log.Duplicate(logger, batch.Record.Id, duplicate.Id);
        }
        foreach (var running in ours.Where(duplicate => duplicate is { HasEnded: false, IsStopping: false }))
        {
            await StopAsync(running, provider, cancellationToken);
        }
        return known;
    }

    /// <summary>Gemini goes on to call a batch running that it was asked to stop: it is asked again.</summary>
    private async Task StopAsync(ProviderBatch duplicate, IBatchProvider provider, CancellationToken cancellationToken)
    {
        var stopped = await provider.CancelAsync(duplicate.Id, cancellationToken);
        if (stopped.Failure is { } failure)
        {
            Log.DuplicateNotStopped(logger, duplicate.Id, failure.Kind, failure.Code);
        }
    }

    private static BatchRecord Replace(BatchRecord batch, SubmitIntent absent, SubmitIntent judged) =>
        ReferenceEquals(absent, judged) ? batch : batch with { ProvenAbsent = [.. batch.ProvenAbsent.Select(known => known == absent ? judged : known)] };
}
