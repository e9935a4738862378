using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Monitoring;

/// <summary>Takes the sample that the gauges show, so that a scrape costs the store nothing.</summary>
internal sealed class QueueSampler(QueueCounts counts, BatchLedger batches, ProviderHealth health, Rollbacks rollbacks, BudgetUses budgets, Instruments instruments, TimeProvider time)
{
    /// <summary>Samples once. A store that is away leaves the last sample, marked as such.</summary>
    public async Task RunOnceAsync()
    {
        try
        {
            instruments.Sample = await SampleAsync();
        }
        catch (Exception failure) when (StoreFailures.IsAway(failure))
        {
            instruments.Sample = instruments.Sample with { StoreUp = false };
        }
    }

    private async Task<QueueSample> SampleAsync()
    {
        var waiting = await counts.CountAsync();
        var open = await batches.OpenBatchesAsync();
        return new QueueSample
        {
            Waiting = [.. waiting.Lanes.Select(lane => new LaneSample(lane.Lane.Provider.Wire(), lane.Lane.Endpoint, lane.Lane.Model, lane.Lane.JobType, lane.Total))],
            Delayed = waiting.Delayed,
            Dead = waiting.Dead,
            OldestAgeSeconds = waiting.OldestMs is { } oldest ? Math.Max(0, (time.GetUtcNow().ToUnixTimeMilliseconds() - oldest) / 1000) : 0,
            ActiveBatches = open.Count,
            InDoubtBatches = open.Count(batch => batch.State == BatchState.InDoubt),
            StuckBatches = open.Count(batch => batch.Record.StuckAt is not null),
            Providers = await Task.WhenAll(ProviderNames.All.Select(SampleAsync)),
            Budgets = [.. (await budgets.ReadAsync(mostValues: 1)).Select(use => new BudgetSample(use.Cell.Budget.NameOf(use.Cell.Budget.Value), (double)PicoUsd.ToUsd(use.Cell.Budget.CapPico), (double)PicoUsd.ToUsd(use.UsedPico)))],
            StoreUp = true,
            RolledBack = await rollbacks.ReadAsync() is not null,
        };
    }

    private async Task<ProviderSample> SampleAsync(Provider provider)
    {
        var known = await health.ReadAsync(provider);
        return new ProviderSample(provider.Wire(), known.Paused, known.UnauthorizedSince is not null, known.UnavailableSince is not null);
    }
}
