using System.Globalization;
using System.Security.Cryptography;

namespace BatchWorker.Queue;

/// <summary>
/// This replica's lease. Whoever holds it may act for its batches; the trust ends before the store would let another replica take over,
/// because it is counted on this machine's monotonic clock from before the renewal was sent.
/// </summary>
internal sealed class OwnerLease(LedgerStore store)
{
    private readonly string _boot = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private long _trustedFrom;
    private volatile bool _held;

    /// <summary>Three renewals fit into a lease.</summary>
    public TimeSpan RenewEvery => store.Options.Lease / 3;

    /// <summary>Whether an act that takes less than the margin may begin now.</summary>
    public bool IsTrusted => _held && store.Time.GetElapsedTime(Interlocked.Read(ref _trustedFrom)) < store.Options.Lease * 0.8;

    /// <summary>Takes the lease at the start. An earlier process of the same owner is gone: it lost the lock of the data directory.</summary>
    public Task TakeAsync() => SendAsync("take");

    /// <summary>Renews it; false when another process uses our name: then this one must stop acting.</summary>
    public async Task<bool> RenewAsync()
    {
        _held = await SendAsync("renew");
        return _held;
    }

    /// <summary>Gives it back at a clean end, so that others need not wait. False when the store is away: then it runs out by itself.</summary>
    public async Task<bool> ReleaseAsync()
    {
        _held = false;
        try
        {
            return await store.Database.HashDeleteAsync(store.Keys.Leases, store.Options.Owner);
        }
        catch (Exception away) when (StoreFailures.IsAway(away))
        {
            return false;
        }
    }

    /// <summary>Replicas whose lease has not run out longer ago than this; one that ended cleanly is none of them.</summary>
    public async Task<IReadOnlyList<string>> KnownAsync(TimeSpan goneFor) =>
    [
        .. (await store.Database.HashGetAllAsync(store.Keys.Leases))
            .Where(lease => !HasRunOut(lease.Value, (store.Now - goneFor).ToUnixTimeMilliseconds()))
            .Select(lease => (string)lease.Name!),
    ];

    /// <summary>Whether a lease, as it is stored, is over; none at all is.</summary>
    /// <param name="lease">The stored value; null when there is none.</param>
    /// <param name="nowMs">The store's time.</param>
    public static bool HasRunOut(string? lease, long nowMs) =>
        lease is null || long.Parse(lease.AsSpan(lease.LastIndexOf(':') + 1), CultureInfo.InvariantCulture) <= nowMs;

    private async Task<bool> SendAsync(string verb)
    {
        var sent = store.Time.GetTimestamp();
        var answer = await store.LeaseAsync(
            [store.Keys.Lock, store.Keys.Leases],
            [store.ScriptTime, store.Options.Owner, _boot, (long)store.Options.Lease.TotalMilliseconds, verb]);
        if (string.IsNullOrEmpty((string?)answer))
        {
            return false;
        }
        Interlocked.Exchange(ref _trustedFrom, sent);
        _held = true;
        return true;
    }
}
