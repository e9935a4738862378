using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>An event and how far its delivery is, as it was read.</summary>
/// <param name="Event">What is told.</param>
/// <param name="Id">Job or batch.</param>
/// <param name="State">How it ended, in the words of the contract.</param>
/// <param name="Url">Who is told; null when nobody is any more.</param>
/// <param name="Delivery">How far it is.</param>
internal sealed record Callback(CallbackEvent Event, string Id, string State, string? Url, Delivery Delivery)
{
    /// <summary>What must not have changed when the delivery is written: a field of a hash and its value.</summary>
    public required IReadOnlyList<(RedisKey Hash, RedisValue Field, RedisValue Value)> Seen { get; init; }

    /// <summary>Where the delivery is stored.</summary>
    public required (RedisKey Hash, RedisValue Field) Place { get; init; }

    /// <summary>Names the event for its receiver, the same in every attempt: the job, its end, and which end it was from the second on. It has no dots.</summary>
    public string WebhookId => Delivery.Event == 1 ? $"{Id}_{State}" : FormattableString.Invariant($"{Id}_{State}_{Delivery.Event}");
}

/// <summary>The verbs of the outbox: take, deliver, put off, give up, send again.</summary>
internal sealed class CallbackLedger(LedgerStore store, BatchLedger batches)
{
    /// <summary>How long a receiver that has answered 410 is left alone.</summary>
    private static readonly TimeSpan s_goneFor = TimeSpan.FromDays(30);

    private RedisKeys Keys => store.Keys;

    /// <summary>Hosts whose queue has to be looked at, the longest due first.</summary>
    public async Task<uint[]> DueHostsAsync(int most) =>
        Array.ConvertAll(await store.Database.SortedSetRangeByScoreAsync(Keys.CallbackHosts, stop: await store.LeaseTimeAsync(), take: most), host => (uint)host);

    /// <summary>Looks at a host again later, or when it has something new.</summary>
    public Task PutOffAsync(uint host, TimeSpan time) =>
        store.Database.SortedSetUpdateAsync(Keys.CallbackHosts, host, (store.Now + time).ToUnixTimeMilliseconds(), SortedSetWhen.Exists);

    /// <summary>Takes due events of a host: nobody else has them until the lease is over, whatever becomes of this process.</summary>
    public async Task<CallbackSubject[]> TakeAsync(uint host, int most, TimeSpan lease)
    {
        var members = (RedisValue[]?)await store.TakeAsync([Keys.Lock, Keys.CallbackHosts, Keys.CallbackQueue(host)], [store.ScriptTime, host, most, (long)lease.TotalMilliseconds]);
        return Array.ConvertAll(members ?? [], CallbackSubject.Of);
    }

    /// <summary>An event that is to be delivered. One that has come too early, or is done, is taken out of the queue of its host: then null.</summary>
    public async Task<Callback?> FindDueAsync(CallbackSubject subject, uint host)
    {
        var (found, seen) = await ReadAsync(subject);
        if (found is { Delivery.State: DeliveryState.Pending } && found.Event.Host == host)
        {
            return found;
        }
        var drop = store.Begin();
        foreach (var (hash, field, value) in seen)
        {
            drop.Expect(hash, field, value);
        }
        drop.Write("ZREM", Keys.PendingCallbacks, subject.Member);
        if (found?.Event.Host != host || found.Delivery.State == DeliveryState.Delivered)
        {
            drop.Write("ZREM", Keys.OpenCallbacks, subject.Member);
        }
        await drop.Write("ZREM", Keys.CallbackQueue(host), subject.Member).CommitAsync();
        return null;
    }

    /// <summary>The last event of a job or batch; null when it has none.</summary>
    public async Task<Callback?> FindAsync(CallbackSubject subject) => (await ReadAsync(subject)).Found;

    /// <summary>The last event of a job; null when it has none.</summary>
    public async Task<Callback?> FindAsync(JobId id) => await FindAsync(new CallbackSubject(id.Sequence)) is { } found && found.Id == id.ToString() ? found : null;

    /// <summary>Whether the receiver at an address has said that it is gone.</summary>
    public Task<bool> IsGoneAsync(string url) => store.Database.KeyExistsAsync(Keys.GoneReceiver(CallbackMark.ReceiverOf(url)));

    /// <summary>
    /// Writes down how far a delivery is. False when the event is not the last one of its job any more, or somebody else has written:
    /// then nothing was changed.
    /// </summary>
    /// <param name="callback">As it was read.</param>
    /// <param name="next">How far it is now.</param>
    public async Task<bool> WriteAsync(Callback callback, Delivery next)
    {
        var change = Begin(callback);
        if (next is { Error: DeliveryError.Gone, Status: not 0 })
        {
            change.Write("SET", Keys.GoneReceiver(CallbackMark.ReceiverOf(callback.Url!)), "1", "EX", (long)s_goneFor.TotalSeconds);
        }
        change.Write("HSET", callback.Place.Hash, callback.Place.Field, next.Pack());
        var member = callback.Event.Subject.Member;
        if (next.State == DeliveryState.Delivered)
        {
            change.Write("ZREM", Keys.OpenCallbacks, member);
        }
        if (next.State == DeliveryState.Pending)
        {
            change.Write("ZADD", Keys.CallbackQueue(callback.Event.Host), next.NextMs, member).Write("ZADD", Keys.CallbackHosts, store.NowMs, callback.Event.Host);
        }
        else
        {
            change.Write("ZREM", Keys.PendingCallbacks, member).Write("ZREM", Keys.CallbackQueue(callback.Event.Host), member);
        }
        return (await change.CommitAsync()).Length == 0;
    }

    /// <summary>send again: any → pending, at once and with all its attempts. False when it changed meanwhile.</summary>
    public async Task<bool> SendAgainAsync(Callback callback)
    {
        var change = Begin(callback);
        if (callback.Url is { } url)
        {
            change.Write("UNLINK", Keys.GoneReceiver(CallbackMark.ReceiverOf(url)));
        }
        CallbackOutbox.Add(change, Keys, [callback.Event with { AtMs = store.NowMs }]);
        return (await change
            .Write("HSET", callback.Place.Hash, callback.Place.Field, new Delivery { Event = callback.Delivery.Event, NextMs = store.NowMs }.Pack())
            .CommitAsync()).Length == 0;
    }

    /// <summary>Events that were not delivered, of batches first, then of jobs, each the last accepted first; those below a number.</summary>
    public async Task<(IReadOnlyList<Callback> Found, long? Next)> ListAsync(long below, int most)
    {
        var members = await store.Database.SortedSetRangeByScoreAsync(
            Keys.OpenCallbacks, double.NegativeInfinity, Math.Min(below, Canaries.LargestScore), Exclude.Stop, Order.Descending, take: most);
        var found = await Task.WhenAll(members.Select(member => FindAsync(CallbackSubject.Of(member))));
        return ([.. found.OfType<Callback>()], members.Length < most ? null : CallbackSubject.Of(members[^1]).Number);
    }

    /// <summary>Events that have waited for their delivery for longer, the oldest first.</summary>
    public async Task<CallbackSubject[]> OlderThanAsync(TimeSpan age, int most) =>
        Array.ConvertAll(await store.Database.SortedSetRangeByScoreAsync(Keys.PendingCallbacks, stop: (store.Now - age).ToUnixTimeMilliseconds(), take: most), CallbackSubject.Of);

    /// <summary>Events that wait for their delivery, those that were given up, and when the oldest of the former happened.</summary>
    public async Task<(long Pending, long GivenUp, DateTimeOffset? Oldest)> CountAsync()
    {
        var pending = await store.Database.SortedSetLengthAsync(Keys.PendingCallbacks, max: Canaries.LargestScore);
        var open = await store.Database.SortedSetLengthAsync(Keys.OpenCallbacks, max: Canaries.LargestScore);
        var oldest = await store.Database.SortedSetRangeByScoreWithScoresAsync(Keys.PendingCallbacks, Canaries.LargestScore, take: 1);
        return (pending, Math.Max(0, open - pending), oldest is [var first, ..] ? DateTimeOffset.FromUnixTimeMilliseconds((long)first.Score) : null);
    }

    private LedgerTransaction Begin(Callback callback)
    {
        var change = store.Begin();
        foreach (var (hash, field, value) in callback.Seen)
        {
            change.Expect(hash, field, value);
        }
        return change;
    }

    private Task<(Callback? Found, IReadOnlyList<(RedisKey, RedisValue, RedisValue)> Seen)> ReadAsync(CallbackSubject subject) =>
        subject.IsBatch ? BatchAsync(subject) : JobAsync(subject);

    private async Task<(Callback? Found, IReadOnlyList<(RedisKey, RedisValue, RedisValue)> Seen)> JobAsync(CallbackSubject subject)
    {
        var (bucket, slot) = (JobSlots.BucketOf(subject.Own), JobSlots.SlotOf(subject.Own));
        var state = store.Database.HashGetAsync(Keys.States(bucket), slot);
        var notes = store.Database.HashGetAsync(Keys.Metadata(bucket), slot);
        var delivery = store.Database.HashGetAsync(Keys.Deliveries(bucket), slot);
        var seen = new[] { (Keys.States(bucket), slot, OrEmpty(await state)), (Keys.Deliveries(bucket), slot, OrEmpty(await delivery)) };
        if (!(await state).HasValue || JobRecord.Unpack(((ReadOnlyMemory<byte>)await state).Span) is not { Callback: { } mark } job || !job.State.HasEnded())
        {
            return (null, seen);
        }
        return (
            new Callback(new CallbackEvent(subject, mark.Host, job.ChangedMs), job.IdOf(subject.Own).ToString(), job.State.Wire(), JobNotes.Unpack(await notes).CallbackUrl, LastOf(await delivery, mark.Ends))
            {
                Seen = seen,
                Place = (Keys.Deliveries(bucket), slot),
            },
            seen);
    }

    private async Task<(Callback? Found, IReadOnlyList<(RedisKey, RedisValue, RedisValue)> Seen)> BatchAsync(CallbackSubject subject)
    {
        var key = Keys.Batch(subject.Own);
        var delivery = await store.Database.HashGetAsync(key, LedgerFields.Delivery);
        var batch = await batches.ReadAsync(subject.Own);
        var seen = new[] { (key, (RedisValue)LedgerFields.Record, batch is null ? RedisValue.EmptyString : batch.Stored), (key, (RedisValue)LedgerFields.Delivery, OrEmpty(delivery)) };
        if (batch is null || !batch.State.HasEnded() || store.Options.BatchCallbackUrl is not { } url)
        {
            return (null, seen);
        }
        var at = (batch.Record.CompletedAt ?? batch.Record.CreatedAt).ToUnixTimeMilliseconds();
        return (
            new Callback(new CallbackEvent(subject, CallbackMark.HostOf(url), at), batch.Record.Id, batch.State.Wire(), url, LastOf(delivery, 1))
            {
                Seen = seen,
                Place = (key, LedgerFields.Delivery),
            },
            seen);
    }

    /// <summary>A delivery of an earlier end says nothing about this one.</summary>
    private static Delivery LastOf(RedisValue stored, int end) =>
        stored.HasValue && Delivery.Unpack(((ReadOnlyMemory<byte>)stored).Span) is { } delivery && delivery.Event == end ? delivery : new Delivery { Event = end };

    private static RedisValue OrEmpty(RedisValue value) => value.HasValue ? value : RedisValue.EmptyString;
}
