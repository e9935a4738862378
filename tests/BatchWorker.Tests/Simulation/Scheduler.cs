namespace BatchWorker.Tests.Simulation;

/// <summary>
/// One thread and virtual time: what happens next is the event that is due first, and of those at the same moment the oldest.
/// All chance comes from the seed, so a seed is a history.
/// </summary>
internal sealed class Scheduler(int seed)
{
    private readonly PriorityQueue<Action, (long At, long Number)> _events = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private volatile bool _foreign;
    private long _number;

    public Random Chance { get; } = new(seed);

    /// <summary>Since the history began.</summary>
    public TimeSpan Now { get; private set; }

    public void In(TimeSpan delay, Action act)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            _foreign = true; // thrown where the history runs: here it would end the process
            return;
        }
        _events.Enqueue(act, ((Now + delay).Ticks, ++_number));
    }

    /// <summary>Lets the next event happen; false when there is none.</summary>
    public bool Step()
    {
        if (_foreign)
        {
            throw new InvalidOperationException("Something went on on a thread of its own: this history can not be replayed.");
        }
        if (!_events.TryDequeue(out var act, out var due))
        {
            return false;
        }
        Now = TimeSpan.FromTicks(due.At);
        act();
        return true;
    }

    public bool Roll(double probability) => Chance.NextDouble() < probability;

    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + ((most - least) * Chance.NextDouble());

    public T OneOf<T>(params IReadOnlyList<T> choices) => choices[Chance.Next(choices.Count)];
}
