namespace BatchWorker.Simulator.Clock;

/// <summary>
/// What happens next to every running batch. Events run in the order of their due times before anyone looks, one at a time,
/// so that what is seen is a function of the clock and never of who asked when.
/// </summary>
internal sealed class Agenda(TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, Appointment> _next = [];
    private long _sequence;

    /// <summary>Events wait for <see cref="StepAsync"/> instead of for the clock.</summary>
    public bool Manual { get; set; }

    /// <summary>Sets the one next event of a batch. Called inside the gate only.</summary>
    public void Set(string batch, DateTimeOffset due, Action<DateTimeOffset> happens) =>
        _next[batch] = new Appointment(due, _sequence++, happens);

    public void Clear() => _next.Clear();

    /// <summary>Lets everything due happen, then looks at, or changes, the world as the only one.</summary>
    public async Task<T> PresentAsync<T>(Func<DateTimeOffset, T> look, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            CatchUp();
            return look(clock.GetUtcNow());
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Lets the next event of one batch, or of each, happen now.</summary>
    /// <returns>How many happened.</returns>
    public Task<int> StepAsync(string? batch, CancellationToken cancellationToken) =>
        PresentAsync(now => Waiting(batch).Count(key => Happen(key, now)), cancellationToken);

    /// <summary>Lets events happen until none is left.</summary>
    public async Task<int> FinishAsync(CancellationToken cancellationToken)
    {
        var all = 0;
        while (await StepAsync(null, cancellationToken) is > 0 and var happened)
        {
            all += happened;
        }
        return all;
    }

    public void Dispose() => _gate.Dispose();

    private void CatchUp()
    {
        while (!Manual && _next.Count > 0)
        {
            var (key, first) = _next.MinBy(pair => (pair.Value.Due, pair.Value.Sequence));
            if (first.Due > clock.GetUtcNow())
            {
                return;
            }
            Happen(key, first.Due);
        }
    }

    private string[] Waiting(string? batch) => [.. _next.Where(pair => batch is null || pair.Key == batch).OrderBy(pair => pair.Value.Sequence).Select(pair => pair.Key)];

    private bool Happen(string key, DateTimeOffset at)
    {
        if (!_next.Remove(key, out var appointment))
        {
            return false;
        }
        appointment.Happens(at);
        return true;
    }

    private sealed record Appointment(DateTimeOffset Due, long Sequence, Action<DateTimeOffset> Happens);
}
