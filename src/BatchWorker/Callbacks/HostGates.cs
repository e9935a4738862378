namespace BatchWorker.Callbacks;

/// <summary>
/// Keeps hosts apart: each has so many attempts at a time, and one that does not answer at all rests, so that it takes nobody else's turn.
/// After a rest it gets a single attempt; what is answered, whatever it says, opens it again.
/// </summary>
internal sealed class HostGates(int perHost, TimeProvider time)
{
    private const int MostFailures = 5;
    private static readonly TimeSpan s_firstRest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_longestRest = TimeSpan.FromMinutes(10);
    private readonly Dictionary<uint, Gate> _gates = [];
    private readonly Lock _lock = new();

    /// <summary>Attempts that may begin now.</summary>
    public int RoomFor(uint host)
    {
        lock (_lock)
        {
            return _gates.TryGetValue(host, out var gate) ? Math.Max(0, (gate.Rest == TimeSpan.Zero ? perHost : gate.RestsUntil <= time.GetUtcNow() ? 1 : 0) - gate.Running) : perHost;
        }
    }

    /// <summary>How long a host still rests; null when it does not.</summary>
    public TimeSpan? RestOf(uint host)
    {
        lock (_lock)
        {
            return _gates.TryGetValue(host, out var gate) && gate.RestsUntil > time.GetUtcNow() ? gate.RestsUntil - time.GetUtcNow() : null;
        }
    }

    public void Enter(uint host)
    {
        lock (_lock)
        {
            var gate = _gates.TryGetValue(host, out var known) ? known : _gates[host] = new Gate();
            gate.Running++;
        }
    }

    /// <param name="host">Whose attempt is over.</param>
    /// <param name="answered">Whether there was an answer; null when the attempt says nothing about the host.</param>
    public void Leave(uint host, bool? answered)
    {
        lock (_lock)
        {
            var gate = _gates[host];
            gate.Running--;
            if (answered == true)
            {
                (gate.Failures, gate.Rest, gate.RestsUntil) = (0, TimeSpan.Zero, default);
            }
            else if (answered == false && ++gate.Failures >= MostFailures && gate.RestsUntil <= time.GetUtcNow())
            {
                gate.Rest = gate.Rest == TimeSpan.Zero ? s_firstRest : gate.Rest * 2 < s_longestRest ? gate.Rest * 2 : s_longestRest;
                gate.RestsUntil = time.GetUtcNow() + gate.Rest;
            }
            if (gate is { Running: 0, Failures: 0 })
            {
                _gates.Remove(host);
            }
        }
    }

    private sealed class Gate
    {
        public int Running { get; set; }

        public int Failures { get; set; }

        /// <summary>Zero while it is open.</summary>
        public TimeSpan Rest { get; set; }

        public DateTimeOffset RestsUntil { get; set; }
    }
}
