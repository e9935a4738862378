using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Providers;

/// <summary>A clock that stands still and tells when somebody begins to wait for exactly so long.</summary>
internal sealed class WatchedTime(TimeSpan wait) : FakeTimeProvider
{
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Waiting => _waiting.Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime == wait)
        {
            _waiting.TrySetResult();
        }
        return timer;
    }
}
