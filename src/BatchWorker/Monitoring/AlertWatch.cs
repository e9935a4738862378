using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Monitoring;

/// <summary>Looks at the facts and enters into the one book of alerts what follows from them.</summary>
internal sealed class AlertWatch(AlertSources sources, AlertLedger alerts, AlertOptions options, TimeProvider time, ILogger<AlertWatch> logger)
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    public async Task RunOnceAsync()
    {
        var now = time.GetUtcNow();
        var facts = await ReadAsync(now);
        var (before, after) = await alerts.ChangeAsync(book => AlertRules.Apply(book, facts, options, now));
        var known = before.Active.Select(alert => alert.Id).ToHashSet();
        foreach (var alert in after.Active.Where(alert => !known.Contains(alert.Id)))
        {
            Log.Raised(logger, alert.Severity == AlertRules.Warning ? LogLevel.Warning : LogLevel.Information, alert.Type, alert.Message);
        }
        foreach (var alert in before.Active.Where(alert => after.Active.All(still => still.Id != alert.Id)))
        {
            Log.Over(logger, alert.Type, alert.Message);
        }
    }

    private async Task<AlertFacts> ReadAsync(DateTimeOffset now)
    {
        var ended = await sources.Ended.SinceAsync(now - s_day);
        var open = await sources.Batches.OpenBatchesAsync();
        var days = await sources.Books.ReadAsync();
        var drifts = await sources.Drifting.SinceAsync(now - s_day);
        return new AlertFacts
        {
            Drifts = [.. drifts.Select(drift => new ProviderDrift(drift.Provider.Wire(), drift.Batches, drift.Newest?.Record.Id))],
            Ended = ended.Count,
            Failed = ended.Count(state => state == BatchState.Failed),
            Open = [.. open.Select(batch => new OpenBatchAge(batch.Record.Id, (decimal)(now - (batch.Record.SubmittedAt ?? batch.Record.CreatedAt)).TotalHours))],
            Waiting = (await sources.Counts.CountAsync()).Total,
            Saved = Amounts.Of(days).Saved ?? 0,
            Unpriced = [.. days.Where(day => day.Sum.Unpriced > 0).GroupBy(day => day.Lane.Model).Select(model => new UnpricedModel(model.Key, model.Sum(day => (long)day.Sum.Unpriced)))],
        };
    }
}

/// <summary>Where the facts come from.</summary>
internal sealed record AlertSources(BatchLedger Batches, EndedBatches Ended, DriftingBatches Drifting, DayLedger Books, QueueCounts Counts);
