using System.Globalization;
using System.Text.Json;
using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>What is switched off or held, for all replicas and over restarts.</summary>
internal sealed class Switches(LedgerStore store)
{
    private const string Scheduler = "scheduler";
    private const string Stopped = "stopped";

    private RedisKey Key => store.Keys.Switches;

    public async Task<bool> IsSchedulerStoppedAsync() => await store.Database.HashGetAsync(Key, Scheduler) == Stopped;

    public Task StopSchedulerAsync() => store.DurableAsync(store.Database.HashSetAsync(Key, Scheduler, Stopped));

    public Task StartSchedulerAsync() => store.DurableAsync(store.Database.HashDeleteAsync(Key, Scheduler));

    /// <summary>Most suspects in one batch of a lane; <see cref="int.MaxValue"/> when nothing is suspected.</summary>
    public async Task<int> SuspectLimitAsync(int lane) =>
        await store.Database.HashGetAsync(Key, SuspectsOf(lane)) is { HasValue: true } limit ? (int)limit : int.MaxValue;

    public Task SetSuspectLimitAsync(int lane, int limit) => store.DurableAsync(store.Database.HashSetAsync(Key, SuspectsOf(lane), limit));

    private static RedisValue SuspectsOf(int lane) => "suspects/" + lane.ToString(CultureInfo.InvariantCulture);

    public async Task<ProviderSwitch> ProviderAsync(Provider provider) =>
        (byte[]?)await store.Database.HashGetAsync(Key, provider.Wire()) is { } bytes
            ? JsonSerializer.Deserialize(bytes, LedgerJson.Default.ProviderSwitch)!
            : new ProviderSwitch();

    /// <summary>Changes what is known of a provider; <paramref name="change"/> may run more than once. True when it made a difference.</summary>
    public async Task<bool> ChangeAsync(Provider provider, Func<ProviderSwitch, ProviderSwitch> change)
    {
        for (; ; )
        {
            var bytes = await store.Database.HashGetAsync(Key, provider.Wire());
            var old = bytes.HasValue ? JsonSerializer.Deserialize((byte[])bytes!, LedgerJson.Default.ProviderSwitch)! : new ProviderSwitch();
            var next = change(old);
            if (next == old)
            {
                return false;
            }
            var differ = await store.Begin()
                .Expect(Key, provider.Wire(), bytes.HasValue ? bytes : RedisValue.EmptyString)
                .Write("HSET", Key, provider.Wire(), JsonSerializer.SerializeToUtf8Bytes(next, LedgerJson.Default.ProviderSwitch))
                .CommitAsync();
            if (differ.Length == 0)
            {
                return true;
            }
        }
    }
}
