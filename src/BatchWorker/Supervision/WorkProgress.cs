using System.Collections.Concurrent;

namespace BatchWorker.Supervision;

/// <summary>When the loops that do the work last came round.</summary>
internal sealed class WorkProgress(TimeProvider time)
{
    private ConcurrentDictionary<string, long> _seen = [];

    /// <summary>From now on these loops must come round, and no others.</summary>
    public void Expect(params string[] loops) => _seen = new ConcurrentDictionary<string, long>(loops.Select(loop => KeyValuePair.Create(loop, time.GetTimestamp())));

    /// <summary>A loop came round. One that is not expected is of no interest.</summary>
    public void Mark(string loop)
    {
        var seen = _seen;
        if (seen.TryGetValue(loop, out var before))
        {
            seen.TryUpdate(loop, time.GetTimestamp(), before);
        }
    }

    /// <summary>The loop that has been silent for longest, if that is longer than <paramref name="limit"/>.</summary>
    public (string Loop, TimeSpan Silent)? FindStuck(TimeSpan limit)
    {
        var silent = _seen.Select(loop => (loop.Key, Silent: time.GetElapsedTime(loop.Value))).OrderByDescending(loop => loop.Silent).FirstOrDefault();
        return silent.Silent > limit ? silent : null;
    }
}
