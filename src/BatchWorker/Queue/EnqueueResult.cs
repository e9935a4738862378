using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>Why a whole call to enqueue took nothing.</summary>
internal enum EnqueueRefusal
{
    None,

    /// <summary>More jobs would wait than are allowed.</summary>
    QueueFull,

    /// <summary>The disk of a store in this process runs low.</summary>
    StoreFull,

    /// <summary>A lane more than are allowed.</summary>
    TooManyLanes,

    /// <summary>A key of another job, where all or nothing was asked for.</summary>
    Conflict,
}

/// <summary>What became of one job.</summary>
/// <param name="Id">The job; null when it was not taken.</param>
/// <param name="Duplicate">It was known already.</param>
/// <param name="Conflict">Its key belongs to another job.</param>
internal readonly record struct EnqueuedJob(JobId? Id, bool Duplicate, bool Conflict = false);

/// <summary>What became of a call to enqueue; <see cref="Jobs"/> is in the order of the call, and empty for refusals but conflicts.</summary>
internal sealed record EnqueueResult(EnqueueRefusal Refusal, IReadOnlyList<EnqueuedJob> Jobs);
