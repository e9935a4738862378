using System.Globalization;
using BatchWorker.Archive;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// Remembers how far the counters of the store had come, here and on the disk. They only rise: a store whose counters are behind
/// has gone back in time, by a failover to a replica that lagged or by a restored copy.
/// </summary>
internal sealed class StoreTimeline(LedgerStore store, Journal journal, ILogger<StoreTimeline> logger) : IDisposable
{
    /// <summary>No number that was given and forgotten is given again: far more than any store gives in the moment before it is noticed.</summary>
    private const long Leap = 1_000_000;

    private static readonly TimeSpan s_noteEvery = TimeSpan.FromMinutes(1);
    private static readonly RedisValue[] s_counters =
        [LedgerFields.Sequence, LedgerFields.BatchSequence, LedgerFields.RunSequence, LedgerFields.SegmentSequence, LedgerFields.SubmissionSequence];

    private readonly SemaphoreSlim _one = new(1);
    private long[]? _seen;
    private DateTimeOffset _noted;

    /// <summary>False when a counter is behind what was seen; what is ahead is remembered.</summary>
    public async Task<bool> LookAsync()
    {
        await _one.WaitAsync();
        try
        {
            var seen = _seen ??= Read();
            var now = await CountersAsync();
            if (now.Zip(seen).Any(counter => counter.First < counter.Second))
            {
                return false;
            }
            Remember(now);
            return true;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Moves the counters past everything that was given and forgotten.</summary>
    public async Task LeapAsync()
    {
        await _one.WaitAsync();
        try
        {
            while (!await TryLeapAsync(_seen ??= Read()))
            {
                // a number was given meanwhile
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>The numbers of jobs that are passed over look like an acceptance that was cut off, which <see cref="LedgerRepair"/> finishes.</summary>
    private async Task<bool> TryLeapAsync(long[] seen)
    {
        var stored = await store.Database.HashGetAsync(store.Keys.Meta, s_counters);
        var differ = await store.Begin()
            .Expect(store.Keys.Meta, s_counters, Array.ConvertAll(stored, counter => counter.HasValue ? counter : RedisValue.EmptyString)) // a counter may be a written 0
            .Write("HSET", store.Keys.Meta, [.. s_counters.SelectMany((counter, i) => new[] { counter, Math.Max((long)stored[i], seen[i]) + Leap })])
            .CommitAsync();
        return differ.Length == 0;
    }

    private async Task<long[]> CountersAsync() =>
        Array.ConvertAll(await store.Database.HashGetAsync(store.Keys.Meta, s_counters), value => (long)value);

    /// <summary>On the disk once a minute: what is forgotten of the last one is noticed by the create calls, which have entries of their own.</summary>
    private void Remember(long[] now)
    {
        var changed = !now.AsSpan().SequenceEqual(_seen);
        _seen = now;
        if (changed && store.Now >= _noted + s_noteEvery)
        {
            WriteNote(string.Join(' ', now.Select(counter => counter.ToString(CultureInfo.InvariantCulture))));
            _noted = store.Now;
        }
    }

    /// <summary>Without the note a later process notices less; that is no reason to stop this one.</summary>
    private void WriteNote(string note)
    {
        try
        {
            journal.WriteNote(note);
        }
        catch (Exception disk) when (disk is IOException or UnauthorizedAccessException)
        {
            Log.NoteNotWritten(logger, disk.Message);
        }
    }

    private long[] Read()
    {
        var noted = (journal.ReadNote() ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return [.. s_counters.Select((_, i) => i < noted.Length && long.TryParse(noted[i], NumberStyles.None, CultureInfo.InvariantCulture, out var counter) ? counter : 0)];
    }
}
