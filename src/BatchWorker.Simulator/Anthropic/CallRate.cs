namespace BatchWorker.Simulator.Anthropic;

/// <summary>Counts the calls of the last minute, over all endpoints.</summary>
internal sealed class CallRate(TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Queue<DateTimeOffset> _calls = [];

    /// <summary>Null when the call is within the limit; otherwise the seconds until one is.</summary>
    public int? SecondsToWait(int? limit)
    {
        if (limit is null)
        {
            return null;
        }
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            while (_calls.TryPeek(out var oldest) && oldest <= now - Window)
            {
                _calls.Dequeue();
            }
            if (_calls.Count < limit)
            {
                _calls.Enqueue(now);
                return null;
            }
            return _calls.TryPeek(out var first) ? (int)Math.Ceiling((first + Window - now).TotalSeconds) : (int)Window.TotalSeconds;
        }
    }
}
