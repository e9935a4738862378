using BatchWorker.Archive;
using BatchWorker.Batching;
using BatchWorker.Callbacks;
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
using BatchWorker.Supervision;

namespace BatchWorker;

/// <summary>Puts the rooms together, in the order in which a job passes them.</summary>
internal static class Daemon
{
    public static void AddRooms(this IServiceCollection services, DaemonSettings settings, DataDirectory directory, OpenStore store, ServiceWatch? watch = null)
    {
        services.AddParts(settings, directory, store);
        services.AddSingleton(watch?.Progress ?? new WorkProgress(TimeProvider.System));
        services.AddHostedService<Rooms>().AddHostedService(provider => provider.GetRequiredService<DrainWorker>());
        services.AddSchedule(settings);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(25));
    }

    /// <summary>Everything that the rooms are made of; nothing of it moves by itself.</summary>
    public static void AddParts(this IServiceCollection services, DaemonSettings settings, DataDirectory directory, OpenStore store)
    {
        services.AddSingleton(TimeProvider.System).AddSingleton(settings.Schedule).AddSingleton(new DrainSlots(settings.Schedule.NextAfter));
        services.AddSingleton(new Journal(settings.JournalDirectory));
        services.AddSingleton<ISegmentStore>(provider => settings.ResultDirectory is { } results
            ? new FileSegmentStore(results)
            : new RedisSegmentStore(provider.GetRequiredService<LedgerStore>(), settings.ResultStoreMax));
        if (store.IsEmbedded)
        {
            services.AddEmbeddedStore(settings, store);
        }
        services.AddLedger(store.Fit(settings.Ledger with { Owner = directory.Instance }), store.Connection);
        services.AddOpenAi(settings.OpenAi).AddAnthropic(settings.Anthropic).AddGemini(settings.Gemini).AddSingleton<ProviderSet>();
        services.AddIntake(settings.Intake);
        services.AddBatching(settings.Batching);
        services.AddPolling(settings.Polling);
        services.AddCosts(settings.Prices);
        services.AddResults(settings.Results);
        services.AddCallbacks(settings.Callbacks).AddSingleton<IEventBodies, EventBodies>();
        services.AddSingleton<IDrainDesk, DrainDesk>().AddSingleton<IProviderDesk, ProviderDesk>().AddSingleton<IScheduleDesk, ScheduleDesk>();
        services.AddMonitoring(settings.Alerts);
        var disk = new DriveInfo(settings.DataDirectory);
        services.AddSingleton(new DataDisk(() => disk.AvailableFreeSpace));
        services.AddControl(settings.Keys, settings.Access);
    }

    /// <summary>What a store of our own needs and a Redis does for itself.</summary>
    private static void AddEmbeddedStore(this IServiceCollection services, DaemonSettings settings, OpenStore store)
    {
        var disk = new DriveInfo(settings.DataDirectory);
        services.AddSingleton<StoreRoom>(new DiskRoom(() => disk.AvailableFreeSpace, TimeProvider.System));
        services.AddSingleton(new StoreWatch(() => store.Connection.GetDatabase().PingAsync(), TimeProvider.System, store.Abandon));
        services.AddSingleton(store.Log).AddSingleton(new LogLimit(settings.EmbeddedMemory)).AddSingleton<LogCompaction>();
    }
}
