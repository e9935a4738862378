namespace BatchWorker.Tests.Simulation;

/// <summary>
/// One life of a replica. Every continuation of its code is an event of the history; before each of them it may die, and then none is resumed:
/// what it held in memory is gone, what it sent is on its way.
/// </summary>
internal sealed class SimProcess : SynchronizationContext
{
    private readonly Scheduler _scheduler;
    private readonly Func<SimProcess, bool> _diesNow;
    private TimeSpan _frozenUntil;

    public SimProcess(string name, Scheduler scheduler, Func<SimProcess, bool> diesNow)
    {
        Name = name;
        _scheduler = scheduler;
        _diesNow = diesNow;
        Time = new SimTime(scheduler, In);
    }

    public string Name { get; }

    public bool IsAlive { get; private set; } = true;

    public bool IsFrozen => _frozenUntil > _scheduler.Now;

    public SimTime Time { get; }

    public override void Post(SendOrPostCallback d, object? state) => In(TimeSpan.Zero, () => d(state));

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Lets something happen in this process, if it still lives then.</summary>
    public void In(TimeSpan delay, Action act) => _scheduler.In(delay, () => Run(act));

    public void Die() => IsAlive = false;

    /// <summary>As by SIGSTOP: everything waits and then comes at once.</summary>
    public void Freeze(TimeSpan duration) => _frozenUntil = _scheduler.Now + duration;

    private void Run(Action act)
    {
        if (!IsAlive)
        {
            return;
        }
        if (IsFrozen)
        {
            In(_frozenUntil - _scheduler.Now, act);
            return;
        }
        if (_diesNow(this))
        {
            return;
        }
        var outside = Current;
        SetSynchronizationContext(this);
        try
        {
            act();
        }
        finally
        {
            SetSynchronizationContext(outside);
        }
    }
}
