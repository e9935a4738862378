using BatchWorker.Archive;
using BatchWorker.Batching;
using BatchWorker.Control;
using BatchWorker.Costs;
using BatchWorker.Intake;
using BatchWorker.Monitoring;
using BatchWorker.Polling;
using BatchWorker.Providers;
using BatchWorker.Providers.Anthropic;
using BatchWorker.Providers.Gemini;
using BatchWorker.Providers.OpenAi;
using BatchWorker.Queue;
using BatchWorker.Results;
using BatchWorker.Settings;

namespace BatchWorker;

/// <summary>Puts the rooms together.</summary>
internal static class Daemon
{
    /// <summary>Runs until it is told to stop; answers the exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            var builder = WebApplication.CreateBuilder(arguments);
            var settings = DaemonSettings.Read(new SettingsReader(builder.Configuration));
            BindGuard.Check(builder, settings.Keys, settings.Access);
            using var directory = DataDirectory.Take(settings.DataDirectory, settings.ResultDirectory);
            using var loggers = LoggerFactory.Create(DaemonLogging.AddDaemonLogging);
            await using var store = await OpenStore.OpenAsync(settings, loggers);
            builder.Logging.AddDaemonLogging();
            builder.Services.AddRooms(settings, directory, store);
            await using var app = builder.Build();
            await StoreChecks.RunAsync(store, settings, TimeProvider.System, app.Logger);
            await ResultStoreCheck.RunAsync(app.Services.GetRequiredService<LedgerStore>(), settings.ResultDirectory);
            app.MapControl();
            app.Lifetime.ApplicationStarted.Register(() => directory.Announce(app.Urls.First()));
            var guard = app.Services.GetRequiredService<StoreGuard>();
            if (!await guard.BeginAsync())
            {
                return StartRefusal.Lost;
            }
            await app.RunAsync();
            return guard.HasLost ? StartRefusal.Lost : 0;
        }
        catch (StartRefusal refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            return refusal.ExitCode;
        }
    }

    private static void AddRooms(this IServiceCollection services, DaemonSettings settings, DataDirectory directory, OpenStore store)
    {
        services.AddSingleton(TimeProvider.System).AddSingleton(settings.Schedule).AddSingleton(new DrainSlots(settings.Schedule.NextAfter));
        services.AddSingleton<ISegmentStore>(provider => settings.ResultDirectory is { } results
            ? new FileSegmentStore(results)
            : new RedisSegmentStore(provider.GetRequiredService<LedgerStore>(), settings.ResultStoreMax));
        if (store.IsEmbedded)
        {
            var disk = new DriveInfo(settings.DataDirectory);
            services.AddSingleton<StoreRoom>(new DiskRoom(() => disk.AvailableFreeSpace, TimeProvider.System));
        }
        services.AddLedger(store.Fit(settings.Ledger with { Owner = directory.Instance }), store.Connection);
        services.AddOpenAi(settings.OpenAi).AddAnthropic(settings.Anthropic).AddGemini(settings.Gemini).AddSingleton<ProviderSet>();
        services.AddIntake(settings.Intake);
        services.AddBatching(settings.Batching);
        services.AddPolling(settings.Polling);
        services.AddCosts();
        services.AddResults(settings.Results);
        services.AddSingleton<IDrainDesk, DrainDesk>().AddSingleton<IProviderDesk, ProviderDesk>().AddSingleton<IScheduleDesk, ScheduleDesk>();
        services.AddMonitoring();
        services.AddControl(settings.Keys, settings.Access);
        services.AddHostedService<Rooms>();
        services.AddSchedule(settings);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(25));
    }
}
