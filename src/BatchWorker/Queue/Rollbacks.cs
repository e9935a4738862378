using System.Text.Json;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>That the store went back in time, for all replicas and over restarts.</summary>
/// <param name="Since">When it was noticed.</param>
/// <param name="Detail">What showed it.</param>
internal sealed record RollbackNotice(DateTimeOffset Since, string Detail)
{
    /// <summary>When submission went on; null while it is stopped.</summary>
    public DateTimeOffset? LiftedAt { get; init; }

    /// <summary>The counters were moved past what may have been given before.</summary>
    public bool Leapt { get; init; }

    /// <summary>Replicas that have put back what they knew.</summary>
    public IReadOnlyList<string> Done { get; init; } = [];

    /// <summary>Batches that were put back.</summary>
    public IReadOnlyList<string> Restored { get; init; } = [];
}

/// <summary>Raises and lifts the notice. While it is raised, no create call can be intended: the intent is fenced with it in its script.</summary>
internal sealed class Rollbacks(LedgerStore store)
{
    /// <summary>The word for it in answers.</summary>
    public const string Code = "rollback_detected";

    /// <summary>So long after it was lifted, health still tells of it.</summary>
    public static readonly TimeSpan ShownFor = TimeSpan.FromHours(24);

    private RedisKey Key => store.Keys.Switches;

    /// <summary>Null when nothing was noticed, or so long ago that nobody needs to know.</summary>
    public async Task<RollbackNotice?> ReadAsync()
    {
        var notice = Unpack(await store.Database.HashGetAsync(Key, LedgerFields.Rollback));
        return notice?.LiftedAt < store.Now - ShownFor ? null : notice;
    }

    /// <summary>Whether submission is stopped.</summary>
    public Task<bool> IsRaisedAsync() => store.Database.HashExistsAsync(Key, LedgerFields.Halt);

    /// <summary>Stops submission; true when nobody had before.</summary>
    public Task<bool> RaiseAsync(string detail) =>
        ChangeAsync(known => known is { LiftedAt: null } ? known : new RollbackNotice(store.Now, detail));

    /// <summary>The counters were moved.</summary>
    public Task<bool> NoteLeaptAsync() => ChangeAsync(known => known is { Leapt: false } ? known with { Leapt = true } : known);

    /// <summary>This replica has put a batch back.</summary>
    public Task<bool> NoteRestoredAsync(string batch) =>
        ChangeAsync(known => known is null || known.Restored.Contains(batch) ? known : known with { Restored = [.. known.Restored, batch] });

    /// <summary>This replica has nothing more to put back.</summary>
    public Task<bool> NoteDoneAsync() =>
        ChangeAsync(known => known is null || known.Done.Contains(store.Options.Owner) ? known : known with { Done = [.. known.Done, store.Options.Owner] });

    /// <summary>Whether this replica had nothing more to put back when the notice was read.</summary>
    public bool HasSpoken(RollbackNotice notice) => notice.Done.Contains(store.Options.Owner);

    /// <summary>Submission goes on; true when it was stopped.</summary>
    public Task<bool> LiftAsync() => ChangeAsync(known => known is { LiftedAt: null } ? known with { LiftedAt = store.Now } : known);

    private async Task<bool> ChangeAsync(Func<RollbackNotice?, RollbackNotice?> change)
    {
        for (; ; )
        {
            var bytes = await store.Database.HashGetAsync(Key, LedgerFields.Rollback);
            var old = Unpack(bytes);
            var next = change(old);
            if (next is null || ReferenceEquals(next, old))
            {
                return false;
            }
            var write = store.Begin().Expect(Key, LedgerFields.Rollback, bytes.HasValue ? bytes : RedisValue.EmptyString);
            write = next.LiftedAt is null ? write.Write("HSET", Key, LedgerFields.Halt, Code) : write.Write("HDEL", Key, LedgerFields.Halt);
            if ((await write.Write("HSET", Key, LedgerFields.Rollback, JsonSerializer.SerializeToUtf8Bytes(next, LedgerJson.Default.RollbackNotice)).CommitAsync()).Length == 0)
            {
                return true;
            }
        }
    }

    private static RollbackNotice? Unpack(RedisValue bytes) =>
        bytes.HasValue ? JsonSerializer.Deserialize((byte[])bytes!, LedgerJson.Default.RollbackNotice) : null;
}
