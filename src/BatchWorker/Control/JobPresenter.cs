using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>Shows jobs to callers.</summary>
internal sealed class JobPresenter(ISegmentStore segments, WaitingReasons reasons)
{
    public async Task<IReadOnlyList<JobAnswer>> ListAsync(IReadOnlyList<JobView> views)
    {
        var waiting = await reasons.LoadAsync(views);
        return [.. views.Select(view => Show(view, waiting))];
    }

    public Task<JobDetailAnswer> DetailAsync(JobDetail job, CancellationToken cancellationToken) => DetailAsync(job, withBodies: true, cancellationToken);

    /// <summary>Everything but the request and the answer, which are not even read.</summary>
    public Task<JobDetailAnswer> BriefAsync(JobDetail job, CancellationToken cancellationToken) => DetailAsync(job with { Request = null }, withBodies: false, cancellationToken);

    private async Task<JobDetailAnswer> DetailAsync(JobDetail job, bool withBodies, CancellationToken cancellationToken)
    {
        var shown = Show(job.View, await reasons.LoadAsync([job.View]));
        var ended = job.View.Record.State.HasEnded() ? job.Outcome : null;
        var succeeded = job.View.State == JobState.Succeeded;
        var archived = ended?.Address is { } address && (withBodies || !succeeded) ? await segments.ReadAsync(address, cancellationToken) : null;
        return new JobDetailAnswer
        {
            JobId = shown.JobId,
            JobType = shown.JobType,
            Provider = shown.Provider,
            Model = shown.Model,
            Status = shown.Status,
            Waiting = shown.Waiting,
            Priority = shown.Priority,
            Attempts = shown.Attempts,
            BatchId = shown.BatchId,
            CreatedAt = shown.CreatedAt,
            UpdatedAt = shown.UpdatedAt,
            EndedAt = shown.EndedAt,
            Metadata = shown.Metadata,
            Endpoint = job.View.Lane.Endpoint,
            Data = RawJson.Of(job.Request?.Data),
            DataRemoved = job.View.Record.Has(JobFlags.DataRemoved),
            Response = succeeded ? RawJson.Of(archived?.Body) : null,
            Error = ErrorOf(job, ended, archived),
            Usage = succeeded && ended is not null ? UsageAnswer.Of(ended.Usage) : null,
            Cost = succeeded && ended is not null ? CostAnswer.Of(ended.RealtimePico, ended.BatchPico) : null,
            History = [.. job.History.Select(line => new HistoryAnswer(line.Attempt, line.BatchId, line.Outcome.Wire(), line.Code, line.At))],
        };
    }

    /// <summary>The error of an outcome: its text is in the archive, the rest in the ledger.</summary>
    public static ErrorAnswer? ErrorOf(OutcomeRecord outcome, string? code, ArchivedResult? archived) =>
        outcome.Outcome == Outcome.Succeeded ? null
        : archived?.Error is { } error ? new ErrorAnswer(error.Code, error.Message, error.Retryable)
        : new ErrorAnswer(code ?? outcome.Outcome.Wire(), "", outcome.Retryable);

    private static ErrorAnswer? ErrorOf(JobDetail job, OutcomeRecord? ended, ArchivedResult? archived) =>
        job.View.Record.State != JobState.Failed ? null
        : job.View.Record.Has(JobFlags.Overdue) ? new ErrorAnswer(JobFailures.DeadlinePassed, "The deadline passed while the job was queued.", Retryable: false)
        : ended is not null ? ErrorOf(ended, job.Code, archived)
        : null;

    private static JobAnswer Show(JobView view, WaitingReasons.Loaded waiting) => new()
    {
        JobId = view.Id.ToString(),
        JobType = view.Lane.JobType,
        Provider = view.Lane.Provider.Wire(),
        Model = view.Lane.Model,
        Status = view.State.Wire(),
        Waiting = waiting.Of(view),
        Priority = view.Record.Priority,
        Attempts = view.Record.Attempts,
        BatchId = view.CurrentBatch?.Id,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(view.Record.CreatedMs),
        UpdatedAt = view.UpdatedAt,
        EndedAt = view.Record.State.HasEnded() ? DateTimeOffset.FromUnixTimeMilliseconds(view.Record.ChangedMs) : null,
        Metadata = RawJson.Of(view.Metadata),
    };
}
