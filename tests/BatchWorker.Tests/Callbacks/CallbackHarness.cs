using System.Net;
using BatchWorker.Archive;
using BatchWorker.Callbacks;
using BatchWorker.Control;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Telemetry;
using BatchWorker.Tests.Control;
using BatchWorker.Tests.Fixtures;
using BatchWorker.Tests.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Callbacks;

/// <summary>The outbox of one replica over a real store, on simulated time, with deliveries over real HTTP.</summary>
internal sealed class CallbackHarness : IAsyncDisposable
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private readonly ServiceProvider _services;

    private CallbackHarness(ServiceProvider services, FakeTimeProvider time, string ns)
    {
        _services = services;
        Time = time;
        Namespace = ns;
        Jobs = new LedgerJobs(services);
    }

    public FakeTimeProvider Time { get; }

    public string Namespace { get; }

    public LedgerJobs Jobs { get; }

    public RecordedLogs Logs => Get<RecordedLogs>();

    /// <param name="like">Another replica, on the same ledger and clock; null for a ledger of its own.</param>
    /// <param name="secrets"><c>BATCH_WEBHOOK_SECRET</c>.</param>
    /// <param name="allowPrivate">Whether this machine may be called.</param>
    /// <param name="batchUrl">Who is told of batches.</param>
    /// <param name="resolve">Where names lead; null for the system's word.</param>
    public static async Task<CallbackHarness> StartAsync(CallbackHarness? like = null, string secrets = Secret, bool allowPrivate = true, string? batchUrl = null, Resolve? resolve = null)
    {
        var time = like?.Time ?? new FakeTimeProvider(LedgerHarness.Start);
        var ns = like?.Namespace ?? SharedRedis.NewNamespace();
        Assert.That(WebhookSecrets.TryParse(secrets, out var known), Is.True);
        var services = new ServiceCollection();
        services.AddMetrics().AddSingleton<Instruments>().AddSingleton<TimeProvider>(time).AddSingleton<RecordedLogs>();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace)).AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<RecordedLogs>());
        services.AddSingleton<StoreRoom>().AddLedger(
            TestStore.Fit(new LedgerOptions { Namespace = ns, Owner = like is null ? "one" : "two", UseProcessClock = true, BatchCallbackUrl = batchUrl }), await SharedRedis.ConnectionAsync());
        services.AddSingleton<FrameSegments>().AddSingleton<ISegmentStore>(provider => provider.GetRequiredService<FrameSegments>());
        services.AddSingleton<IProviderDesk, Control.ProviderDesk>().AddSingleton<WaitingReasons>().AddSingleton<JobPresenter>().AddSingleton<BatchPresenter>().AddSingleton<IEventBodies, EventBodies>();
        services.AddSingleton(resolve ?? ((host, cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken)));
        services.AddCallbacks(new CallbackOptions { Secrets = known, Rules = new CallbackRules(allowPrivate, []), BatchUrl = batchUrl });
        return new CallbackHarness(services.BuildServiceProvider(), time, ns);
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public async Task<List<string>> EnqueueAsync(string url, int count = 1, Func<NewJob, NewJob>? change = null) =>
        await Jobs.EnqueueAsync(count, change: job => (change?.Invoke(job) ?? job) with { CallbackUrl = url });

    public Task CancelAsync(string id) => Get<JobDesk>().CancelAsync(IdOf(id));

    public async Task<Delivery?> DeliveryAsync(string id) => (await Get<CallbackLedger>().FindAsync(IdOf(id)))?.Delivery;

    /// <summary>Delivers what is due, until nothing is.</summary>
    public async Task DeliverAsync()
    {
        var worker = Get<CallbackWorker>();
        for (var look = 0; look < 4; look++)
        {
            await worker.RunOnceAsync(CancellationToken.None);
            await worker.WhenIdleAsync();
        }
    }

    public Task PassAsync(TimeSpan time)
    {
        Time.Advance(time);
        return DeliverAsync();
    }

    public static JobId IdOf(string id) => JobId.TryParse(id, out var job) ? job : throw new AssertionException(id + " is no id");

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
