using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using BatchWorker.Archive;
using BatchWorker.Batching;
using BatchWorker.Control;
using BatchWorker.Costs;
using BatchWorker.Intake;
using BatchWorker.Monitoring;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using BatchWorker.Tests.Flow;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace BatchWorker.Tests.Control;

/// <summary>The control API on Kestrel over a ledger of its own in a real Redis, on simulated time.</summary>
internal sealed class ControlHost : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly WebApplication _app;

    private ControlHost(WebApplication app, FakeTimeProvider time)
    {
        _app = app;
        Time = time;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Jobs = new LedgerJobs(app.Services);
    }

    public HttpClient Client { get; }

    public FakeTimeProvider Time { get; }

    /// <summary>Brings jobs and batches into every state, through the verbs of the ledger.</summary>
    public LedgerJobs Jobs { get; }

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <param name="connection">The store; the shared one when none is named.</param>
    /// <param name="keys"><c>BATCH_API_KEYS</c>.</param>
    /// <param name="anonymous"><c>BATCH_ALLOW_ANONYMOUS</c>.</param>
    /// <param name="configure">Changes how the ledger is kept.</param>
    /// <param name="room">What says whether the store has room; one that always has when none is given.</param>
    /// <param name="disk">That of the data directory; one with room when none is given.</param>
    public static async Task<ControlHost> StartAsync(
        IConnectionMultiplexer? connection = null, string? keys = null, bool anonymous = false, Func<TimeProvider, StoreRoom>? room = null, DataDisk? disk = null,
        Func<LedgerOptions, LedgerOptions>? configure = null)
    {
        var time = new FakeTimeProvider(Start);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        Assert.That(ApiKeys.TryParse(keys, out var known), Is.True);
        var ledger = TestStore.Fit(new LedgerOptions { Namespace = SharedRedis.NewNamespace(), Owner = "control-tests", UseProcessClock = true });
        builder.Services
            .AddSingleton<TimeProvider>(time).AddSingleton(room?.Invoke(time) ?? new StoreRoom())
            .AddLedger(configure?.Invoke(ledger) ?? ledger, connection ?? await SharedRedis.ConnectionAsync())
            .AddIntake(new IntakeOptions()).AddSingleton(new ProviderSet([new ModelProvider(time)]))
            .AddSingleton<FrameSegments>().AddSingleton<ISegmentStore>(services => services.GetRequiredService<FrameSegments>())
            .AddSingleton<DrainDesk>().AddSingleton<IDrainDesk>(services => services.GetRequiredService<DrainDesk>())
            .AddSingleton<ProviderDesk>().AddSingleton<IProviderDesk>(services => services.GetRequiredService<ProviderDesk>())
            .AddSingleton<ScheduleDesk>().AddSingleton<IScheduleDesk>(services => services.GetRequiredService<ScheduleDesk>())
            .AddMonitoring(new AlertOptions()).AddCosts().AddBatching(new BatchingOptions { SpoolDirectory = "" }).AddSingleton(disk ?? new DataDisk(() => DataDisk.Least))
            .AddControl(known!, new AccessOptions(anonymous));
        var app = builder.Build();
        app.MapControl();
        await app.StartAsync();
        return new ControlHost(app, time);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, string? key = null, string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body switch
        {
            null => null,
            string text => new StringContent(text, new MediaTypeHeaderValue("application/json")),
            _ => new StringContent(JsonSerializer.Serialize(body), new MediaTypeHeaderValue("application/json")),
        };
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
        if (accept is not null)
        {
            request.Headers.Accept.ParseAdd(accept);
        }
        return await Client.SendAsync(request);
    }

    /// <summary>The answer of a call that must be answered with this status.</summary>
    public async Task<JsonElement> CallAsync(HttpMethod method, string path, int status, object? body = null)
    {
        using var response = await SendAsync(method, path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.That((int)response.StatusCode, Is.EqualTo(status), $"{method} {path}: {text}");
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo(status >= 400 ? Problem.ContentType : "application/json"));
        return JsonDocument.Parse(text).RootElement;
    }

    public Task<JsonElement> GetAsync(string path) => CallAsync(HttpMethod.Get, path, 200);

    public Task<JsonElement> PostAsync(string path, int status, object? body = null) => CallAsync(HttpMethod.Post, path, status, body);

    public Task<JsonElement> RefuseAsync(string path, int status) => CallAsync(HttpMethod.Get, path, status);

    /// <summary>Lets simulated time pass, with real requests in between, until a call is answered.</summary>
    public async Task<T> PassTimeUntilAsync<T>(Task<T> call)
    {
        while (!call.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(200));
            using var _ = await Client.GetAsync(new Uri("/health/live", UriKind.Relative));
        }
        return await call;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
