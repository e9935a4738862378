namespace BatchWorker.Tests.Simulation;

/// <summary>The clock of a process: the virtual time of its history.</summary>
internal sealed class SimTime(Scheduler scheduler, Action<TimeSpan, Action> schedule) : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Start + scheduler.Now;

    public override long GetTimestamp() => scheduler.Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new SimTimer(schedule, () => callback(state), dueTime);

    /// <summary>Fires once; nothing in the engine repeats by itself.</summary>
    private sealed class SimTimer : ITimer
    {
        private readonly Action<TimeSpan, Action> _schedule;
        private readonly Action _fire;
        private int _setting;

        public SimTimer(Action<TimeSpan, Action> schedule, Action fire, TimeSpan dueTime)
        {
            _schedule = schedule;
            _fire = fire;
            Change(dueTime, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var setting = ++_setting;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                _schedule(dueTime, () =>
                {
                    if (setting == _setting)
                    {
                        _fire();
                    }
                });
            }
            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
