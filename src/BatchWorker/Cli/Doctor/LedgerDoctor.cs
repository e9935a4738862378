using System.Globalization;
using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Settings;
using BatchWorker.Telemetry;

namespace BatchWorker.Cli.Doctor;

/// <summary>Holds the store of the configuration against everything that must be true of it. Reads only; daemons on a Redis may go on.</summary>
internal static class LedgerDoctor
{
    /// <summary>Answers 0, or 1 when something is violated.</summary>
    public static async Task<int> VerifyAsync()
    {
        var builder = new DaemonStart().CreateBuilder();
        var settings = DaemonSettings.Read(new SettingsReader(builder.Configuration));
        CheckPlaces(settings);
        using var held = settings.Redis is null ? DataDirectory.Take(settings.DataDirectory, null) : null;
        using var loggers = LoggerFactory.Create(new DaemonStart { Quiet = true }.AddLogging);
        try
        {
            await using var store = await OpenStore.OpenAsync(settings, loggers);
            store.KeepsLog = true;
            await using var services = Serve(settings, store);
            await LedgerFormCheck.RunAsync(services.GetRequiredService<LedgerStore>(), readOnly: true);
            return await PrintAsync(services.GetRequiredService<LedgerAudit>());
        }
        catch (Exception away) when (StoreFailures.IsAway(away))
        {
            throw new StartRefusal(StartRefusal.Unavailable, $"{RedisUrl.Variable}: the store does not answer.");
        }
    }

    /// <summary>Nothing is made that was not there.</summary>
    private static void CheckPlaces(DaemonSettings settings)
    {
        if (settings.Redis is null && DataDirectory.IsTaken(settings.DataDirectory))
        {
            throw new StartRefusal(StartRefusal.InUse, $"BATCH_DATA_DIR: {settings.DataDirectory} is in use; an embedded store can only be verified while its daemon is stopped.");
        }
        if (settings.Redis is null && !Directory.Exists(settings.StoreDirectory))
        {
            throw new StartRefusal(StartRefusal.Unavailable, $"BATCH_DATA_DIR: there is no store in {settings.DataDirectory}.");
        }
        if (settings.ResultDirectory is { } results && !Directory.Exists(results))
        {
            throw StartRefusal.Of("BATCH_RESULT_STORE", $"{results} is not there; answers are verified where their directory is.");
        }
    }

    private static ServiceProvider Serve(DaemonSettings settings, OpenStore store)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics().AddSingleton<Instruments>().AddSingleton(TimeProvider.System);
        services.AddSingleton<ISegmentStore>(provider => settings.ResultDirectory is { } results
            ? new FileSegmentStore(results)
            : new RedisSegmentStore(provider.GetRequiredService<LedgerStore>(), settings.ResultStoreMax));
        return services.AddLedger(store.Fit(settings.Ledger with { Owner = nameof(LedgerDoctor) }), store.Connection).BuildServiceProvider();
    }

    private static async Task<int> PrintAsync(LedgerAudit audit)
    {
        var summary = new AuditSummary();
        await foreach (var violation in audit.VerifyAsync(summary))
        {
            Console.WriteLine(violation);
        }
        var states = string.Join(", ", summary.Jobs.OrderBy(state => state.Key).Select(state => string.Create(CultureInfo.InvariantCulture, $"{state.Value} {state.Key.Wire()}")));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{summary.Jobs.Values.Sum()} jobs ({(states.Length > 0 ? states : "none")}), {summary.Batches} batches: {summary.Violations} violations"));
        if (summary.Busy > 0)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{summary.Busy} batches changed at every look and were not compared; verify again when they have settled."));
        }
        return summary.Violations == 0 ? 0 : 1;
    }
}
