using System.Runtime.CompilerServices;
using BatchWorker.Archive;
using BatchWorker.Batching;
using BatchWorker.Callbacks;
using BatchWorker.Costs;
using BatchWorker.Lifecycle;
using BatchWorker.Monitoring;
using BatchWorker.Polling;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Results;
using BatchWorker.Telemetry;
using BatchWorker.Tests.Simulation.Store;
using BatchWorker.Tests.Simulation.Vendors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BatchWorker.Tests.Simulation;

/// <summary>One life of a replica: the real rooms with their real ticks, put together as the daemon does it.</summary>
internal sealed class Replica : IDisposable
{
    private readonly History _history;
    private readonly ServiceProvider _services;
    private readonly SimLifetime _lifetime;
    private readonly List<ReplicaTick> _ticks;
    private bool _stops;

    public Replica(History history, string name, string spool, IReadOnlyDictionary<Provider, string> accounts)
    {
        _history = history;
        Process = new SimProcess(name, history.Scheduler, history.Adversary.DiesNow);
        _lifetime = new SimLifetime(() => Process.In(TimeSpan.Zero, Stop));
        var link = new StoreLink(Process, history.Server, history.Scheduler, new StoreFaults(history));
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new SimLog(history, Process)));
        services.AddSingleton<TimeProvider>(Process.Time).AddSingleton<IHostApplicationLifetime>(_lifetime).AddMetrics().AddSingleton<Instruments>();
        foreach (var vendor in history.Vendors)
        {
            services.AddSingleton<IBatchProvider>(new VendorClient(vendor, Process, history, accounts[vendor.Name]));
        }
        services.AddSingleton<ProviderSet>().AddSingleton(new DrainSlots(NextSlot));
        services.AddSingleton<ISegmentStore>(provider => history.Plan.ResultsInStore
            ? new RedisSegmentStore(provider.GetRequiredService<LedgerStore>(), long.MaxValue / 2)
            : new SimDisk(history.Disk, Process.Time));
        services.AddSingleton(new Journal(Path.Combine(spool, "journal")));
        services.AddLedger(history.LedgerOptions with { Owner = name }, link.Connect()).AddSingleton(new AuditOptions(TimeSpan.FromMilliseconds(100), Process.Time));
        services.AddBatching(new BatchingOptions { SpoolDirectory = spool }).AddPolling(new PollingOptions()).AddCosts(History.Prices);
        services.AddCallbacks(new CallbackOptions()).AddSingleton<IEventBodies, NoEvents>();
        services.AddResults(new ResultsOptions()).AddMonitoring(new AlertOptions()).AddSingleton<Rooms>();
        _ticks = ReplicaTick.Register(services);
        _services = services.BuildServiceProvider();
    }

    public SimProcess Process { get; }

    public bool IsAlive => Process.IsAlive;

    /// <summary>Whether its start is over: before that nobody can ask it for anything.</summary>
    public bool IsOpen { get; private set; }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>After the history: what died in it was never let go of.</summary>
    public void Dispose() => _lifetime.Dispose();

    public void Start() => Process.In(TimeSpan.Zero, () => _ = StartAsync());

    /// <summary>Lets something be asked of this replica, as by its HTTP interface. Failures of the store are the caller's.</summary>
    public void Ask(TimeSpan delay, Func<Replica, Task> ask) => Process.In(delay, () => _ = AskAsync(ask));

    /// <summary>An orderly stop: what was begun is finished, its start too.</summary>
    public void Stop()
    {
        if (!_stops && IsOpen)
        {
            _ = StopAsync();
        }
        _stops = true;
    }

    private async Task StartAsync()
    {
        try
        {
            if (!await Get<StoreGuard>().BeginAsync())
            {
                throw new Violation("canaries", $"{Process.Name} takes the store for one that has lost data");
            }
            await Get<RollbackWatch>().BeginAsync();
            await Get<Rooms>().StartAsync(CancellationToken.None);
        }
        catch (Exception away) when (StoreFailures.IsAway(away))
        {
            _history.Ended(this, "could not start");
            return;
        }
        catch (Exception surprise)
        {
            _history.Surprise($"{Process.Name} start: {surprise}");
            return;
        }
        IsOpen = true;
        _ = WatchAsync(Execute(Get<DrainWorker>(), _lifetime.ApplicationStopping), "drains");
        _ticks.ForEach(tick => tick.Start(_services, Process, _history));
        if (_stops)
        {
            await StopAsync();
        }
    }

    private async Task StopAsync()
    {
        _lifetime.Cancel();
        await Task.WhenAll(_ticks.Select(tick => tick.StopAsync()));
        try
        {
            await Get<Rooms>().StopAsync(CancellationToken.None);
        }
        catch (Exception away) when (StoreFailures.IsAway(away))
        {
            // a store that is away lets the lease run out by itself
        }
        _history.Ended(this, "stopped");
    }

    private async Task AskAsync(Func<Replica, Task> ask)
    {
        try
        {
            await ask(this);
        }
        catch (Exception away) when (StoreFailures.IsAway(away))
        {
            _history.Coverage.Visit("asked while the store was away");
        }
        catch (Exception surprise)
        {
            _history.Surprise($"{Process.Name} asked: {surprise}");
        }
    }

    /// <summary>A background service that ends with a failure ends its host.</summary>
    private async Task WatchAsync(Task service, string name)
    {
        try
        {
            await service;
        }
        catch (OperationCanceledException) when (_lifetime.ApplicationStopping.IsCancellationRequested)
        {
        }
        catch (Exception surprise)
        {
            _history.Surprise($"{Process.Name} {name}: {surprise}");
        }
    }

    private static DateTimeOffset? NextSlot(DateTimeOffset after) =>
        DateTimeOffset.FromUnixTimeMilliseconds(((after.ToUnixTimeMilliseconds() / History.SlotMs) + 1) * History.SlotMs);

    /// <summary>No job of a history has a callback_url.</summary>
    private sealed class NoEvents : IEventBodies
    {
        public Task<ReadOnlyMemory<byte>?> WriteAsync(CallbackSubject subject, string id, CancellationToken cancellationToken) =>
            throw new InvalidOperationException($"An event of {subject} is due, and nobody asked for one.");
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "ExecuteAsync")]
    private static extern Task Execute(DrainWorker worker, CancellationToken stoppingToken);
}
