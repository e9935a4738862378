using System.Text;
using BatchWorker.Archive;
using BatchWorker.Batching;
using BatchWorker.Costs;
using BatchWorker.Lifecycle;
using BatchWorker.Polling;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Results;
using BatchWorker.Telemetry;
using BatchWorker.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Flow;

/// <summary>All flow rooms over a real redis-server, with simulated time, a provider in memory and results in memory.</summary>
internal sealed class FlowHarness : IAsyncDisposable
{
    public static readonly Lane Lane = new(BatchWorker.Lifecycle.Provider.OpenAi, "/v1/chat/completions", "gpt-4o", "creative_scoring");
    private readonly ServiceProvider _services;
    private readonly string _spool;

    private FlowHarness(ServiceProvider services, FakeTimeProvider time, ModelProvider provider, string spool)
    {
        _spool = spool;
        _services = services;
        Time = time;
        Provider = provider;
    }

    public FakeTimeProvider Time { get; }

    /// <summary>The provider in memory; without work when the test brought one of another kind.</summary>
    public ModelProvider Provider { get; }

    public static async Task<FlowHarness> StartAsync(
        string? ns = null, FakeTimeProvider? clock = null, IBatchProvider? other = null, MemorySegments? segments = null, long? redisResults = null, string owner = "replica-1",
        IReadOnlyList<IBatchProvider>? more = null, Func<LedgerOptions, LedgerOptions>? configure = null)
    {
        var connection = await SharedRedis.ConnectionAsync();
        var time = clock ?? new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 2, 0, 0, TimeSpan.Zero));
        var provider = other as ModelProvider ?? new ModelProvider(time);
        var services = new ServiceCollection();
        var spool = Directory.CreateTempSubdirectory("bw-spool-").FullName;
        services.AddLogging().AddSingleton<TimeProvider>(time).AddSingleton(new ProviderSet([other ?? provider, .. more ?? []]));
        services.AddSingleton(new Journal(Path.Combine(spool, "journal")));
        services.AddMetrics().AddSingleton<Instruments>();
        services.AddSingleton<ISegmentStore>(provided => redisResults is { } most ? new RedisSegmentStore(provided.GetRequiredService<LedgerStore>(), most) : segments ?? new MemorySegments());
        var options = TestStore.Fit(new LedgerOptions { Namespace = ns ?? SharedRedis.NewNamespace(), Owner = owner, UseProcessClock = true });
        services.AddLedger(configure?.Invoke(options) ?? options, connection);
        services.AddBatching(new BatchingOptions { SpoolDirectory = spool });
        services.AddPolling(new PollingOptions());
        services.AddCosts();
        services.AddResults(new ResultsOptions());
        var harness = new FlowHarness(services.BuildServiceProvider(), time, provider, spool);
        await harness.Get<OwnerLease>().TakeAsync();
        return harness;
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>What the job at a place of <see cref="EnqueueAsync"/> asks.</summary>
    public static string RequestOf(int place) => $$"""{"model":"{{Lane.Model}}","messages":[{"role":"user","content":"Pitch {{place}}"}]}""";

    public async Task<IReadOnlyList<JobId>> EnqueueAsync(int count, int maxAttempts = 3, int priority = 5, DateTimeOffset? deadline = null, string model = "gpt-4o",
        Func<NewJob, NewJob>? change = null)
    {
        var jobs = Enumerable.Range(0, count).Select(i => new NewJob
        {
            Lane = Lane with { Provider = Provider.Name, Model = model },
            Priority = priority,
            Data = Encoding.UTF8.GetBytes(RequestOf(i)),
            MaxAttempts = maxAttempts,
            Deadline = deadline,
        });
        var result = await Get<JobIntake>().EnqueueAsync([.. jobs.Select(job => change?.Invoke(job) ?? job)], allOrNothing: true);
        return [.. result.Jobs.Select(job => job.Id!.Value)];
    }

    public async Task<RunRecord> DrainAsync(string trigger = "api", RunFilter? filter = null)
    {
        var run = await Get<RunLedger>().BeginAsync(trigger, filter ?? new RunFilter());
        return await Get<Drainer>().RunAsync(run, CancellationToken.None);
    }

    /// <summary>Lets every room look for work once, and waits for what it began.</summary>
    public async Task StepAsync()
    {
        await Get<OwnerLease>().RenewAsync();
        await Get<RollbackWatch>().LookAsync();
        var batching = Get<BatchingWorker>();
        await batching.RunOnceAsync(CancellationToken.None);
        await batching.WhenIdleAsync();
        var polling = Get<PollingWorker>();
        await polling.RunOnceAsync(CancellationToken.None);
        await polling.WhenIdleAsync();
        var results = Get<ResultsWorker>();
        await results.RunOnceAsync(CancellationToken.None);
        await results.WhenIdleAsync();
    }

    /// <summary>Steps while time passes.</summary>
    public async Task PassAsync(TimeSpan time, int steps = 4)
    {
        for (var i = 0; i < steps; i++)
        {
            Time.Advance(time / steps);
            await StepAsync();
        }
    }

    public async Task<JobDetail> JobAsync(JobId id) => await Get<JobQueries>().FindAsync(id) ?? throw new AssertionException($"{id} is gone");

    public async Task<OwnedBatch> BatchAsync(long number) => await Get<BatchLedger>().ReadAsync(number) ?? throw new AssertionException($"Batch {number} is gone");

    /// <summary>Where this replica keeps its journal.</summary>
    public string JournalPath => Path.Combine(_spool, "journal");

    /// <summary>Where the input of a batch is spooled.</summary>
    public string SpoolPath(string batchId) => Path.Combine(_spool, batchId + ".jsonl");

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_spool, recursive: true);
    }
}
