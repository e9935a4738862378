using BatchWorker.Control;
using BatchWorker.Queue;
using BatchWorker.Settings;
using StackExchange.Redis;

namespace BatchWorker;

/// <summary>
/// The time at the start in which the Redis does not answer. Callers and probes are answered as they are when it goes away later:
/// alive, not ready, 503 for everything else. So nobody restarts the daemon in a circle.
/// </summary>
internal static class StoreWait
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits until it answers; refused when it never will, or when the daemon is told to stop meanwhile.</summary>
    public static async Task UntilAnswersAsync(DaemonStart start, DaemonSettings settings, DataDirectory directory, OpenStore store)
    {
        if (await AnswersAsync(store.Connection))
        {
            return;
        }
        await using var app = Build(start, settings, directory, store);
        Settings.Log.WaitsForStore(app.Logger);
        await app.StartAsync();
        start.Watch?.Answers(() => "Waiting for Redis; nothing is taken or sent until it answers", nameof(StoreWait));
        while (!await AnswersAsync(store.Connection))
        {
            start.Watch?.Progress.Mark(nameof(StoreWait));
            await PauseAsync(app.Lifetime.ApplicationStopping);
        }
        start.Watch?.Answers(() => "Starting: Redis answers");
        await app.StopAsync();
    }

    /// <summary>The control endpoint without the rooms behind it; its ledger takes nothing before the store has been looked at.</summary>
    private static WebApplication Build(DaemonStart start, DaemonSettings settings, DataDirectory directory, OpenStore store)
    {
        var builder = start.CreateBuilder();
        start.AddLogging(builder.Logging);
        builder.Services.AddParts(settings, directory, store);
        var app = builder.Build();
        app.Services.GetRequiredService<LedgerStore>().Close();
        app.MapControl();
        return app;
    }

    private static async Task<bool> AnswersAsync(IConnectionMultiplexer connection)
    {
        try
        {
            await connection.GetDatabase().PingAsync(CommandFlags.DemandMaster);
            return true;
        }
        catch (Exception refused) when (StoreFailures.IsRefused(refused))
        {
            throw StartRefusal.Of(RedisUrl.Variable, "the Redis refuses the user or the password.");
        }
        catch (Exception away) when (StoreFailures.IsAway(away))
        {
            return false;
        }
    }

    private static async Task PauseAsync(CancellationToken stopping)
    {
        try
        {
            await Task.Delay(s_pause, TimeProvider.System, stopping);
        }
        catch (OperationCanceledException)
        {
            throw new StartRefusal(0, "Stopped before the store answered.");
        }
    }
}
