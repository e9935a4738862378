using BatchWorker.Control;
using BatchWorker.Polling;
using BatchWorker.Queue;
using BatchWorker.Settings;
using BatchWorker.Telemetry;

namespace BatchWorker;

/// <summary>A daemon in this process, from its start to its end.</summary>
internal sealed class RunningDaemon : IAsyncDisposable
{
    private readonly DataDirectory _directory;
    private readonly ILoggerFactory _loggers;
    private readonly OpenStore _store;
    private readonly WebApplication _app;
    private readonly StoreGuard _guard;

    private RunningDaemon(DataDirectory directory, ILoggerFactory loggers, OpenStore store, WebApplication app)
    {
        _directory = directory;
        _loggers = loggers;
        _store = store;
        _app = app;
        _guard = app.Services.GetRequiredService<StoreGuard>();
    }

    /// <summary>Where it answers, and the key that this machine's commands use.</summary>
    public DaemonAddress Address => _directory.Announced ?? throw new InvalidOperationException("The daemon has not started.");

    /// <summary>Starts a daemon; it answers when the task ends. What keeps it from starting is a <see cref="StartRefusal"/>.</summary>
    public static async Task<RunningDaemon> StartAsync(DaemonStart start)
    {
        var builder = start.CreateBuilder();
        var settings = DaemonSettings.Read(new SettingsReader(builder.Configuration));
        BindGuard.Check(builder, settings.Keys, settings.Access);
        var directory = DataDirectory.Take(settings.DataDirectory, settings.ResultDirectory);
        try
        {
            return await StartAsync(start, builder, settings, directory);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Waits until it is told to stop and has stopped; answers the exit code.</summary>
    public async Task<int> WaitAsync()
    {
        await _app.WaitForShutdownAsync();
        return _guard.HasLost ? StartRefusal.Lost : 0;
    }

    /// <summary>Stops it: what was begun is finished or put down at a safe place.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _store.KeepsLog = _guard.HasLost;
        await _store.DisposeAsync();
        _loggers.Dispose();
        _directory.Dispose();
    }

    private static async Task<RunningDaemon> StartAsync(DaemonStart start, WebApplicationBuilder builder, DaemonSettings settings, DataDirectory directory)
    {
        var loggers = LoggerFactory.Create(start.AddLogging);
        var store = await OpenStore.OpenAsync(settings, loggers);
        if (start.WaitsForStore)
        {
            await StoreWait.UntilAnswersAsync(start, settings, directory, store);
        }
        start.AddLogging(builder.Logging);
        var local = settings.Keys.AddLocal();
        builder.Services.AddRooms(settings, directory, store, start.Watch);
        var app = builder.Build();
        FailpointSettings.Warn(app.Logger);
        await StoreChecks.RunAsync(store, settings, TimeProvider.System, app.Logger);
        await LedgerFormCheck.RunAsync(app.Services.GetRequiredService<LedgerStore>());
        await ResultStoreCheck.RunAsync(app.Services.GetRequiredService<LedgerStore>(), settings.ResultDirectory);
        app.MapControl();
        var daemon = new RunningDaemon(directory, loggers, store, app);
        if (!await daemon._guard.BeginAsync())
        {
            throw new StartRefusal(StartRefusal.Lost, "BATCH_DATA_DIR: the store has lost data.");
        }
        await app.Services.GetRequiredService<RollbackWatch>().BeginAsync();
        await app.StartAsync();
        directory.Announce(DaemonAddress.Of(app.Urls.First(), local));
        app.Lifetime.ApplicationStopping.Register(() => start.Watch?.Stops());
        start.Watch?.Answers(() => StatusLine(daemon), Schedule.WorkLoops);
        return daemon;
    }

    private static string StatusLine(RunningDaemon daemon)
    {
        var sample = daemon._app.Services.GetRequiredService<Instruments>().Sample;
        var held = ReferenceEquals(sample, QueueSample.None) ? "started" : sample.StoreUp ? $"{sample.Waiting.Sum(lane => lane.Jobs)} jobs wait, {sample.ActiveBatches} batches active, {sample.InDoubtBatches} in doubt" : "the store does not answer";
        return $"{daemon.Address.Address}: {held}";
    }
}
