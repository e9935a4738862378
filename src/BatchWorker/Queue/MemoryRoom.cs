using System.Globalization;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// The memory of a Redis with a <c>maxmemory</c>. Jobs are refused while a tenth of it is still free: by that those are drained, settled
/// and answered for that were accepted. What a job needs from then on is a small part of what it takes as it waits.
/// </summary>
/// <param name="store">The Redis.</param>
/// <param name="time">A look is good for 100 ms.</param>
/// <param name="logger">Told when it is full and when there is room again.</param>
internal sealed class MemoryRoom(LedgerStore store, TimeProvider time, ILogger<MemoryRoom> logger) : StoreRoom
{
    private const int LeastShare = 10;
    private static readonly TimeSpan s_goodFor = TimeSpan.FromMilliseconds(100);
    private Look? _last;

    public override async ValueTask<bool> IsFullAsync()
    {
        var last = Volatile.Read(ref _last);
        if (last is not null && (time.GetElapsedTime(last.At) < s_goodFor || Interlocked.CompareExchange(ref _last, last with { At = time.GetTimestamp() }, last) != last))
        {
            return last.IsFull; // one caller looks, the others go by the last look
        }
        var now = new Look(time.GetTimestamp(), await LookAsync());
        var wasFull = Interlocked.Exchange(ref _last, now)?.IsFull ?? false;
        if (now.IsFull && !wasFull)
        {
            Log.MemoryLow(logger);
        }
        else if (wasFull && !now.IsFull)
        {
            Log.MemoryBack(logger);
        }
        return now.IsFull;
    }

    /// <summary>As Redis compares them before a write (getMaxmemoryState in its evict.c). One that does not let us look refuses by itself, later.</summary>
    private async Task<bool> LookAsync()
    {
        try
        {
            var facts = ((string)(await store.Database.ExecuteAsync("INFO", "memory"))!).Split('\n', StringSplitOptions.TrimEntries);
            var most = Read(facts, "maxmemory:");
            return most > 0 && Read(facts, "used_memory:") - Read(facts, "mem_not_counted_for_evict:") > most - (most / LeastShare);
        }
        catch (RedisServerException refused) when (refused.Message.StartsWith("NOPERM", StringComparison.Ordinal))
        {
            return false;
        }
    }

    /// <summary>0 for a line that is left out, as some managed services do.</summary>
    private static long Read(string[] facts, string name) =>
        facts.FirstOrDefault(fact => fact.StartsWith(name, StringComparison.Ordinal)) is { } fact ? long.Parse(fact.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    private sealed record Look(long At, bool IsFull);
}
