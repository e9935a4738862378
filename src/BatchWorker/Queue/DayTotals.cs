using System.Text.Json;
using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>
/// What a day of a lane adds up to, or what one batch added to it: outcomes, tokens and money by the day of the settlement,
/// and what became of jobs and batches.
/// </summary>
internal sealed record DayTotals : BatchTotals
{
    /// <summary>Jobs that ended failed by an outcome of a batch.</summary>
    public int JobsFailed { get; init; }

    /// <summary>Jobs that ended cancelled with their batch.</summary>
    public int JobsCancelled { get; init; }

    /// <summary>From acceptance to the answer, of the succeeded jobs; see <see cref="WaitHistogram"/>.</summary>
    public IReadOnlyList<long>? Waits { get; init; }

    /// <summary>Bytes of the requests that were answered; how many tokens a byte makes is learnt from them.</summary>
    public long RequestBytes { get; init; }

    public int BatchesSubmitted { get; init; }

    public int BatchesCompleted { get; init; }

    public int BatchesFailed { get; init; }

    public int BatchesExpired { get; init; }

    public int BatchesCancelled { get; init; }

    /// <summary>Adds a settlement; nothing when it was added before.</summary>
    /// <param name="settlement">Its number.</param>
    /// <param name="outcomes">Its outcomes.</param>
    /// <param name="jobs">The job of each of them.</param>
    public DayTotals Add(int settlement, IReadOnlyList<OutcomeRecord> outcomes, IReadOnlyList<JobRecord> jobs)
    {
        if (settlement <= LastSettlement)
        {
            return this;
        }
        var answered = outcomes.Index().Where(outcome => outcome.Item.Outcome == Outcome.Succeeded).ToArray();
        return (DayTotals)Add(settlement, outcomes) with
        {
            JobsFailed = JobsFailed + outcomes.Count(outcome => !outcome.Requeued && outcome.EndState == JobState.Failed),
            JobsCancelled = JobsCancelled + outcomes.Count(outcome => !outcome.Requeued && outcome.EndState == JobState.Cancelled),
            Waits = WaitHistogram.Add(Waits, answered.Select(outcome => outcome.Item.AtMs - jobs[outcome.Index].CreatedMs)),
            RequestBytes = RequestBytes + answered.Sum(outcome => (long)jobs[outcome.Index].DataSize),
        };
    }

    /// <summary>Adds that a batch came into a state; nothing when that was added before.</summary>
    public DayTotals With(BatchState state) => state switch
    {
        BatchState.Submitted => this with { BatchesSubmitted = 1 },
        BatchState.Completed => this with { BatchesCompleted = 1 },
        BatchState.Failed => this with { BatchesFailed = 1 },
        BatchState.Expired => this with { BatchesExpired = 1 },
        BatchState.Cancelled => this with { BatchesCancelled = 1 },
        _ => this,
    };

    /// <summary>The sum after one of its parts changed: a part that did not change leaves it as it is, however often it is written.</summary>
    public DayTotals Replace(DayTotals part, DayTotals by) => Plus(part, -1).Plus(by, 1);

    public DayTotals Plus(DayTotals other, int sign = 1) => new()
    {
        Succeeded = Succeeded + (sign * other.Succeeded),
        Failed = Failed + (sign * other.Failed),
        Expired = Expired + (sign * other.Expired),
        Cancelled = Cancelled + (sign * other.Cancelled),
        Missing = Missing + (sign * other.Missing),
        Requeued = Requeued + (sign * other.Requeued),
        Unpriced = Unpriced + (sign * other.Unpriced),
        InputTokens = InputTokens + (sign * other.InputTokens),
        OutputTokens = OutputTokens + (sign * other.OutputTokens),
        CachedTokens = CachedTokens + (sign * other.CachedTokens),
        CacheWriteTokens = CacheWriteTokens + (sign * other.CacheWriteTokens),
        RealtimePico = RealtimePico + (sign * other.RealtimePico),
        BatchPico = BatchPico + (sign * other.BatchPico),
        JobsFailed = JobsFailed + (sign * other.JobsFailed),
        JobsCancelled = JobsCancelled + (sign * other.JobsCancelled),
        Waits = WaitHistogram.Merge(Waits, other.Waits, sign),
        RequestBytes = RequestBytes + (sign * other.RequestBytes),
        BatchesSubmitted = BatchesSubmitted + (sign * other.BatchesSubmitted),
        BatchesCompleted = BatchesCompleted + (sign * other.BatchesCompleted),
        BatchesFailed = BatchesFailed + (sign * other.BatchesFailed),
        BatchesExpired = BatchesExpired + (sign * other.BatchesExpired),
        BatchesCancelled = BatchesCancelled + (sign * other.BatchesCancelled),
        Unknown = Unknown,
    };

    public new byte[] Pack() => JsonSerializer.SerializeToUtf8Bytes(this, LedgerJson.Default.DayTotals);

    public static new DayTotals Unpack(byte[]? bytes) => bytes is null ? new DayTotals() : JsonSerializer.Deserialize(bytes, LedgerJson.Default.DayTotals)!;
}
