using BatchWorker.Queue;

namespace BatchWorker.Callbacks;

/// <summary>Writes what receivers are told; handed in by the root, since it is what callers are shown.</summary>
internal interface IEventBodies
{
    /// <summary>The job without its data and response, or the batch, as JSON; null when it is gone.</summary>
    Task<ReadOnlyMemory<byte>?> WriteAsync(CallbackSubject subject, string id, CancellationToken cancellationToken);
}
