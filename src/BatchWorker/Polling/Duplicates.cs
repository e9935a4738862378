using System.Collections.Concurrent;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Polling;

/// <summary>
/// A submission that was proven absent may turn up after all. While the batch that replaced it runs, listings go on;
/// what turns up is asked to stop, if it is ours beyond doubt.
/// </summary>
internal sealed class Duplicates(Doubts doubts, Strangers strangers, Instruments instruments, ILogger<Duplicates> logger)
{
    /// <summary>Gemini goes on to call a batch running that it was asked to stop; it is asked again, but counts once.</summary>
    private readonly ConcurrentDictionary<string, bool> _counted = new();

    /// <summary>Looks for late submissions of a batch.</summary>
    public async Task LookAsync(OwnedBatch batch, IBatchProvider provider, CancellationToken cancellationToken)
    {
        foreach (var absent in batch.Record.ProvenAbsent.Where(absent => absent.Account == provider.Account))
        {
            var trace = doubts.TraceOf(batch.Record, absent);
            var found = await provider.FindAsync(trace, cancellationToken);
            var late = (found.Value ?? []).Where(candidate => candidate.Id != batch.Record.ProviderBatchId && IsRunning(candidate)).ToArray();
            var ours = provider.TagsBatches || late.Length == 0 ? late : await strangers.ExcludeAsync(batch, absent, trace, late, provider, cancellationToken);
            await StopAsync(batch.Record.Id, provider, ours, cancellationToken);
        }
    }

    /// <summary>Asks the provider to stop batches that do the work of another one.</summary>
    public async Task StopAsync(string batch, IBatchProvider provider, IEnumerable<ProviderBatch> extra, CancellationToken cancellationToken)
    {
        foreach (var duplicate in extra)
        {
            if (_counted.TryAdd(duplicate.Id, true))
            {
                instruments.DuplicateBatchFound(provider.Name.Wire());
                Log.Duplicate(logger, batch, duplicate.Id);
            }
            var stopped = await provider.CancelAsync(duplicate.Id, cancellationToken);
            if (stopped.Failure is { } failure)
            {
                Log.DuplicateNotStopped(logger, duplicate.Id, failure.Kind, failure.Code);
            }
        }
    }

    private static bool IsRunning(ProviderBatch batch) => !batch.HasEnded && batch.RawStatus is not ("cancelling" or "canceling");
}
