using BatchWorker.Intake;

namespace BatchWorker.Control;

/// <summary>A part of a list.</summary>
internal sealed record ListAnswer<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>What an error looks like; written by <see cref="Problem"/>.</summary>
internal sealed record ProblemAnswer(string Type, string Title, int Status, string Detail, IReadOnlyList<FieldError>? Errors);

/// <summary>One job was taken. The status is null for a duplicate whose job is kept no longer.</summary>
internal sealed record EnqueuedAnswer(string JobId, string? Status, bool Duplicate);

/// <summary>An array of jobs was taken.</summary>
internal sealed record BulkAnswer(int Accepted, int Duplicates, IReadOnlyList<string> JobIds);

/// <summary>A line became a job.</summary>
internal sealed record TakenLineAnswer(long Line, string JobId, bool Duplicate);

/// <summary>A body of lines was read.</summary>
internal sealed record BulkLinesAnswer(bool Complete, long Accepted, long Duplicates, long Rejected, long LinesRead, IReadOnlyList<LineError> Errors, string? Error)
{
    public static BulkLinesAnswer Of(LineSummary summary) =>
        new(summary.Complete, summary.Accepted, summary.Duplicates, summary.Rejected, summary.LinesRead, summary.Errors, summary.Error);
}

/// <summary>An action on many jobs was taken.</summary>
/// <param name="Matched">Jobs that it can change.</param>
/// <param name="Changed">Jobs that it did change.</param>
internal sealed record ChangedAnswer(long Matched, long Changed);

/// <summary>Real-time calls were counted.</summary>
/// <param name="JobType">What they were for.</param>
/// <param name="Date">UTC day.</param>
/// <param name="Count">How many the day has now.</param>
internal sealed record RealtimeCallsAnswer(string JobType, string Date, long Count);

/// <summary>What waits.</summary>
internal sealed record QueueStatusAnswer(
    long Total,
    long Delayed,
    long Dead,
    double? OldestAgeSeconds,
    IReadOnlyDictionary<string, long> ByJobType,
    IReadOnlyDictionary<string, long> ByProvider,
    IReadOnlyDictionary<string, long> ByPriority);

/// <summary>A provider as it stands.</summary>
/// <param name="Provider">Its name.</param>
/// <param name="Status"><c>healthy, unconfigured, unauthorized, unavailable, paused</c>.</param>
/// <param name="Since">Since when; null when it was never otherwise.</param>
/// <param name="Detail">The provider's words; null without any.</param>
internal sealed record ProviderAnswer(string Provider, string Status, DateTimeOffset? Since, string? Detail);

/// <summary>The schedule.</summary>
internal sealed record SchedulerAnswer(string State, DateTimeOffset? NextRunAt, string Schedule);

/// <summary>How the daemon is.</summary>
internal sealed record HealthAnswer(string Status, string Version, IReadOnlyDictionary<string, HealthCheckAnswer> Checks);

/// <summary>One part of it.</summary>
internal sealed record HealthCheckAnswer(string Status, string? Detail);
