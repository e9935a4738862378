namespace BatchWorker.Queue;

/// <summary>
/// Makes writes durable on a store that answers before they are in its log: a commit serves everybody who wrote before it began,
/// so there is never more than one on its way and one that waits.
/// </summary>
/// <param name="commit">Sends one commit.</param>
internal sealed class LogCommits(Func<Task> commit)
{
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private Task? _next;

    /// <summary>Ends when everything that was written before this call is durable.</summary>
    public Task CommitAsync()
    {
        lock (_gate)
        {
            return _running.IsCompleted && _next is null ? _running = commit() : _next ??= AfterAsync(_running);
        }
    }

    /// <summary>A commit that failed is its own callers' affair.</summary>
    private async Task AfterAsync(Task running)
    {
        await Task.WhenAny(running);
        Task own;
        lock (_gate)
        {
            _next = null;
            own = _running = commit();
        }
        await own;
    }
}
