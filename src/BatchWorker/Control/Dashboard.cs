using System.Globalization;
using BatchWorker.Lifecycle;
using BatchWorker.Monitoring;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>Puts the dashboard together from what the other endpoints show.</summary>
internal sealed class Dashboard(DashboardSources sources, RunPresenter runs, ProviderStates providers, IScheduleDesk schedule, TimeProvider time)
{
    private const int MostBatches = 100;
    private const int MostEvents = 20;

    public async Task<DashboardAnswer> ShowAsync()
    {
        var metrics = await sources.Metrics.ReadAsync(null);
        var counts = MetricsAnswer.Of(metrics);
        var alerts = AlertsAnswer.Of(await sources.Alerts.ReadAsync());
        var active = await sources.Batches.PageAsync(new BatchFilter { Active = true }, long.MaxValue, MostBatches);
        var overview = new OverviewAnswer(
            counts.Jobs, counts.Batches, counts.Kpis, await SchedulerEndpoints.ReadAsync(sources.Switches, schedule), await providers.ReadAsync(), alerts.Active);
        return new DashboardAnswer(
            overview,
            [.. active.Batches.Select(batch => sources.Presenter.Show(batch))],
            SavingsAnswer.Of(metrics.Days, sources.Prices.Of(metrics.Days)),
            QueueEndpoints.StatusOf(await sources.Counts.CountAsync(), time),
            await ActivityAsync(alerts));
    }

    /// <summary>The last runs, ended batches and alerts, newest first.</summary>
    private async Task<IReadOnlyList<ActivityAnswer>> ActivityAsync(AlertsAnswer alerts)
    {
        var begun = await Task.WhenAll((await sources.Runs.ListAsync(long.MaxValue, MostEvents)).Select(runs.ShowAsync));
        var (ended, _) = await sources.Batches.PageAsync(new BatchFilter { Active = false }, long.MaxValue, MostEvents);
        var events = begun.Select(run => new ActivityAnswer(run.StartedAt, "run", run.RunId, run.Status, Text($"{run.Trigger}: {run.Jobs} jobs in {run.Batches.Count} batches")))
            .Concat(ended.Select(batch => new ActivityAnswer(
                batch.Record.CompletedAt ?? batch.Record.CreatedAt, "batch", batch.Record.Id, batch.Record.State.Wire(),
                Text($"{batch.Totals.Succeeded} of {batch.Claimed} jobs answered by {batch.Record.Lane.Model}"))))
            .Concat(alerts.Active.Concat(alerts.Recent).Select(alert => new ActivityAnswer(alert.Since, "alert", alert.Id, alert.EndedAt is null ? "active" : "over", alert.Message)));
        return [.. events.OrderByDescending(one => one.At).Take(MostEvents)];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What the dashboard is made from.</summary>
internal sealed record DashboardSources(MetricsReader Metrics, AlertLedger Alerts, BatchLists Batches, RunLedger Runs, QueueCounts Counts, Switches Switches, PricedModels Prices, BatchPresenter Presenter);
