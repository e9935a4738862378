namespace BatchWorker.Control;

/// <summary>Everything at a glance.</summary>
internal sealed record DashboardAnswer(
    OverviewAnswer Overview,
    IReadOnlyList<BatchAnswer> ActiveBatches,
    SavingsAnswer CostSavings,
    QueueStatusAnswer QueueBreakdown,
    IReadOnlyList<ActivityAnswer> RecentActivity);

/// <summary>How things stand.</summary>
/// <param name="Jobs">Counts of jobs.</param>
/// <param name="Batches">Counts of batches.</param>
/// <param name="Kpis">Key figures of the last 30 days.</param>
/// <param name="Scheduler">The schedule.</param>
/// <param name="Providers">The providers.</param>
/// <param name="Alerts">Alerts that last.</param>
internal sealed record OverviewAnswer(
    JobMetricsAnswer Jobs, BatchMetricsAnswer Batches, KpisAnswer Kpis, SchedulerAnswer Scheduler, IReadOnlyList<ProviderAnswer> Providers, IReadOnlyList<AlertAnswer> Alerts);

/// <summary>Something that happened.</summary>
/// <param name="At">When.</param>
/// <param name="Type"><c>run</c>, <c>batch</c> or <c>alert</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="Status">How it stands or ended.</param>
/// <param name="Message">In words.</param>
internal sealed record ActivityAnswer(DateTimeOffset At, string Type, string Id, string Status, string Message);
