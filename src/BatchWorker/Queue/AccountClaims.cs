using System.Globalization;
using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// What batches claim at an account, for all replicas: which of them holds its create lane, and which provider batch is whose.
/// Both are written in the transaction that writes the record. The record decides: a claim that its batch does not make
/// was left by a transaction that was cut off, and counts for nothing. A batch that is gone after its days keeps its provider's batch.
/// </summary>
/// <remarks>
/// The lane is the right to the one create call without a known outcome, where the provider keeps no tag. It is held from the intent on,
/// and after an adoption by time and count until the end of the grace, since the real batch may still turn up.
/// </remarks>
internal sealed class AccountClaims(LedgerStore store)
{
    private RedisKeys Keys => store.Keys;

    /// <summary>Whether a batch may begin a create call at an account whose provider keeps no tag.</summary>
    public async Task<bool> IsLaneFreeAsync(string account, long number) => (await LaneAsync(account, number)).IsFree;

    /// <summary>Whether a provider's batch belongs to another batch of ours.</summary>
    public async Task<bool> IsBoundElsewhereAsync(string account, string providerBatchId, long number) =>
        (await BindingAsync(account, providerBatchId)).Owner is { } owner && owner != number;

    /// <summary>Whether a provider's batch belongs to a batch of ours.</summary>
    public async Task<bool> IsBoundAsync(string account, string providerBatchId) => (await BindingAsync(account, providerBatchId)).Owner is not null;

    /// <summary>
    /// Adds what a change of a record claims, before the record is written. Answers what has to be given back after it;
    /// null when the change is not possible now: another batch holds the lane, or has the provider's batch that would be adopted.
    /// </summary>
    public async Task<Action?> AddAsync(LedgerTransaction change, long number, BatchRecord before, BatchRecord after)
    {
        var (had, has) = (LaneClaim.Of(number, before), LaneClaim.Of(number, after));
        if (has is not null && has != had && !await TakeLaneAsync(change, number, has))
        {
            return null;
        }
        var binds = after.ProviderBatchId is not null && after.ProviderBatchId != before.ProviderBatchId;
        if (binds && !await BindAsync(change, number, after, isAnswer: before.State != BatchState.InDoubt))
        {
            return null;
        }
        foreach (var late in (after.Late ?? []).Where(late => !before.IsLate(late.ProviderBatchId) && after.Account is not null))
        {
            change.Write("HSET", Keys.Bound(after.Account!), late.ProviderBatchId, number);
        }
        var leaves = has is null && had is not null && await store.Database.HashGetAsync(Keys.CreateLanes, had.Account) == had.Value;
        if (leaves)
        {
            change.Expect(Keys.CreateLanes, had!.Account, had.Value);
        }
        var looses = before.ProviderBatchId is not null && after.ProviderBatchId is null && before.Account is not null;
        return () =>
        {
            if (leaves)
            {
                change.Write("HDEL", Keys.CreateLanes, had!.Account);
            }
            if (looses)
            {
                change.Write("HDEL", Keys.Bound(before.Account!), before.ProviderBatchId);
            }
        };
    }

    private async Task<bool> TakeLaneAsync(LedgerTransaction change, long number, LaneClaim claim)
    {
        var lane = await LaneAsync(claim.Account, number);
        if (!lane.IsFree)
        {
            return false;
        }
        change.Expect(Keys.CreateLanes, claim.Account, lane.Value);
        if (lane.Stale is { } left)
        {
            change.Expect(Keys.Batch(left.Number), LedgerFields.Record, left.Stored);
        }
        change.Write("HSET", Keys.CreateLanes, claim.Account, claim.Value);
        return true;
    }

    /// <summary>The answer to the create call is the truth. What was found or named afterwards must be nobody's: an operator may have given it to another batch.</summary>
    private async Task<bool> BindAsync(LedgerTransaction change, long number, BatchRecord after, bool isAnswer)
    {
        if (after.Account is null)
        {
            return true;
        }
        var bound = Keys.Bound(after.Account);
        if (!isAnswer)
        {
            var (owner, value) = await BindingAsync(after.Account, after.ProviderBatchId!);
            if (owner is not null && owner != number)
            {
                return false;
            }
            change.Expect(bound, after.ProviderBatchId, value);
        }
        change.Write("HSET", bound, after.ProviderBatchId, number);
        return true;
    }

    private async Task<(bool IsFree, RedisValue Value, (long Number, RedisValue Stored)? Stale)> LaneAsync(string account, long number)
    {
        var value = await store.Database.HashGetAsync(Keys.CreateLanes, account);
        if (value.IsNull)
        {
            return (true, RedisValue.EmptyString, null);
        }
        var claim = LaneClaim.Parse(account, value!);
        if (claim.Number == number || claim.Until <= store.Now)
        {
            return (true, value, null);
        }
        var stored = await store.Database.HashGetAsync(Keys.Batch(claim.Number), LedgerFields.Record);
        var isStale = stored.IsNull || LaneClaim.Of(claim.Number, BatchRecord.Unpack((byte[])stored!)) != claim;
        return (isStale, value, isStale ? (claim.Number, stored.IsNull ? RedisValue.EmptyString : stored) : null);
    }

    private async Task<(long? Owner, RedisValue Value)> BindingAsync(string account, string providerBatchId)
    {
        var value = await store.Database.HashGetAsync(Keys.Bound(account), providerBatchId);
        if (value.IsNull)
        {
            return (null, RedisValue.EmptyString);
        }
        var owner = (long)value;
        var stored = (byte[]?)await store.Database.HashGetAsync(Keys.Batch(owner), LedgerFields.Record);
        return (stored is null || Claims(BatchRecord.Unpack(stored), providerBatchId) ? owner : null, value);
    }

    private static bool Claims(BatchRecord batch, string providerBatchId) => batch.ProviderBatchId == providerBatchId || batch.IsLate(providerBatchId);
}

/// <summary>A batch's claim on the create lane of an account.</summary>
/// <param name="Account">Whose lane.</param>
/// <param name="Number">The batch.</param>
/// <param name="Until">When it ends by itself; null while the create call has no known outcome.</param>
internal sealed record LaneClaim(string Account, long Number, DateTimeOffset? Until)
{
    /// <summary>As it is stored: the number, and behind a colon the Unix milliseconds of its end.</summary>
    public string Value => string.Create(CultureInfo.InvariantCulture, $"{Number}{(Until is { } until ? $":{until.ToUnixTimeMilliseconds()}" : "")}");

    /// <summary>What a record claims; null when nothing.</summary>
    public static LaneClaim? Of(long number, BatchRecord batch) =>
        batch.Intent is { HoldsLane: true } intent ? new LaneClaim(intent.Account, number, null)
        : batch.Guess is { LaneHeldUntil: { } until } guess ? new LaneClaim(guess.Account, number, WholeMilliseconds(until))
        : null;

    public static LaneClaim Parse(string account, string value)
    {
        var parts = value.Split(':');
        var until = parts.Length > 1 ? DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(parts[1], CultureInfo.InvariantCulture)) : (DateTimeOffset?)null;
        return new LaneClaim(account, long.Parse(parts[0], CultureInfo.InvariantCulture), until);
    }

    private static DateTimeOffset WholeMilliseconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
