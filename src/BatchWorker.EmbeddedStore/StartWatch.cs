namespace BatchWorker.EmbeddedStore;

/// <summary>
/// Gives up a start that stands still. A long log takes minutes to go through, and that is fine; but with little memory the store was seen to
/// wait for room on a page that nobody made. Then another start is needed, which goes through the same log.
/// </summary>
internal sealed class StartWatch : IDisposable
{
    /// <summary>Time without progress after which it is given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>What a start that works allocates in that time at least, in bytes; it allocates some hundred times as much.</summary>
    public const long LeastProgress = 16 << 20;

    private readonly Func<long> _progress;
    private readonly Action _onFailure;
    private readonly ITimer _timer;
    private long _before;

    /// <param name="progress">Grows while work is done: bytes that this process has allocated.</param>
    /// <param name="time">When to look.</param>
    /// <param name="onFailure">Called when there is none.</param>
    public StartWatch(Func<long> progress, TimeProvider time, Action onFailure)
    {
        _progress = progress;
        _onFailure = onFailure;
        _before = progress();
        _timer = time.CreateTimer(_ => Look(), null, Patience, Patience);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var now = _progress();
        if (now - _before < LeastProgress)
        {
            _onFailure();
        }
        _before = now;
    }
}
