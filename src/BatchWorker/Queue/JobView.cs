using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>A job as a list shows it.</summary>
internal sealed record JobView(JobId Id, JobRecord Record, Lane Lane, BatchRecord? Batch, byte[]? Metadata)
{
    /// <summary>What callers see: a batched job is submitted as soon as its batch is.</summary>
    public JobState State => Record.State == JobState.Batched ? Batch?.JobState ?? JobState.Batched : Record.State;

    /// <summary>The batch that holds it or in which it ended.</summary>
    public BatchRecord? CurrentBatch => Record.State == JobState.Batched || Record.Has(JobFlags.EndedInBatch) ? Batch : null;

    /// <summary>The later of its own last change and its batch's submission.</summary>
    public DateTimeOffset UpdatedAt
    {
        get
        {
            var changed = DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(Record.ChangedMs, Record.CreatedMs));
            return State == JobState.Submitted && Batch?.SubmittedAt > changed ? Batch.SubmittedAt.Value : changed;
        }
    }
}

/// <summary>Everything about one job but the body of its answer.</summary>
internal sealed record JobDetail(JobView View, StoredRequest? Request, OutcomeRecord? Outcome, string? Code, IReadOnlyList<HistoryLine> History);

/// <summary>One counted attempt.</summary>
internal sealed record HistoryLine(int Attempt, string BatchId, Outcome Outcome, string? Code, DateTimeOffset At);
