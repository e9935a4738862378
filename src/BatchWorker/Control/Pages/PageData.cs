using BatchWorker.Monitoring;
using BatchWorker.Queue;

namespace BatchWorker.Control.Pages;

/// <summary>The first page.</summary>
internal sealed record OverviewData(DashboardAnswer Now, IReadOnlyList<BatchRow> Active, Report Month);

/// <summary>What waits, lane by lane.</summary>
internal sealed record QueueData(QueueStatusAnswer Sums, IReadOnlyList<LaneWaiting> Lanes, IReadOnlyList<ProviderAnswer> Providers);

/// <summary>A batch in a list.</summary>
/// <param name="Batch">As the API shows it.</param>
/// <param name="Cost">USD of its answers; null when none of them has a known price.</param>
/// <param name="Saved">USD less than in real time.</param>
/// <param name="IsLate">Whether the time that its provider may take is over.</param>
internal sealed record BatchRow(BatchAnswer Batch, decimal? Cost, decimal? Saved, bool IsLate)
{
    public static BatchRow Of(OwnedBatch batch, BatchPresenter presenter, DateTimeOffset now)
    {
        var (answer, totals) = (presenter.Show(batch), batch.Totals);
        var isPriced = totals.Succeeded == 0 || totals.Unpriced < totals.Succeeded;
        return new BatchRow(
            answer,
            isPriced ? Lifecycle.PicoUsd.ToUsd(totals.BatchPico) : null,
            isPriced ? Lifecycle.PicoUsd.ToUsd(totals.RealtimePico - totals.BatchPico) : null,
            answer.ExpiresAt < now);
    }
}

/// <summary>A list with its filter, as it stands in the address.</summary>
internal sealed record ListData<T>(IReadOnlyList<T> Rows, IQueryCollection Query, string? NextUrl);

/// <summary>One batch with the first of its jobs.</summary>
internal sealed record BatchData(BatchRow Row, IReadOnlyList<JobAnswer> Jobs, string? NextUrl);

/// <summary>Failed jobs that failed for one reason.</summary>
internal sealed record DeadGroup(string Code, string Provider, string JobType, int Jobs, string Newest);

/// <summary>The dead letter: why the newest of its jobs failed, and a page of them.</summary>
internal sealed record DeadData(long Dead, int Looked, IReadOnlyList<DeadGroup> Groups, ListData<JobAnswer> Jobs, IEnumerable<string> JobTypes);

/// <summary>When drains run, and what came of the last ones.</summary>
internal sealed record ScheduleData(SchedulerAnswer Scheduler, IReadOnlyList<DateTimeOffset> Next, IReadOnlyList<RunAnswer> Runs);

/// <summary>The money.</summary>
internal sealed record SavingsData(SavingsAnswer All, Report Month, IReadOnlyList<BudgetAnswer> Budgets);
