using BatchWorker.Simulator.Anthropic;
using BatchWorker.Simulator.Clock;
using BatchWorker.Simulator.Control;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Gemini;
using BatchWorker.Simulator.Http;
using BatchWorker.Simulator.Ledger;
using BatchWorker.Simulator.OpenAi;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace BatchWorker.Simulator;

/// <summary>A running simulator.</summary>
public sealed class SimulatorHost : IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);
    private readonly WebApplication _app;
    private readonly DirectoryInfo? _temporary;

    private SimulatorHost(WebApplication app, DirectoryInfo? temporary)
    {
        _app = app;
        _temporary = temporary;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary><c>OPENAI_BASE_URL</c> for this simulator.</summary>
    public Uri OpenAiBaseUrl => new(Address, OpenAiEndpoints.Prefix);

    /// <summary><c>ANTHROPIC_BASE_URL</c> for this simulator.</summary>
    public Uri AnthropicBaseUrl => new(Address, AnthropicEndpoints.Prefix);

    /// <summary><c>GEMINI_BASE_URL</c> for this simulator.</summary>
    public Uri GeminiBaseUrl => new(Address, GeminiEndpoints.Prefix);

    internal SimulatorClock Clock => Get<SimulatorClock>();

    internal Agenda Agenda => Get<Agenda>();

    internal FaultBook Faults => Get<FaultBook>();

    internal SimulatorLedger Ledger => Get<SimulatorLedger>();

    internal OpenAiAccount OpenAi => Get<OpenAiAccount>();

    internal GeminiAccount Gemini => Get<GeminiAccount>();

    /// <summary>Starts a simulator; it listens when the task ends.</summary>
    /// <param name="options">How it starts.</param>
    /// <param name="time">The clock below the simulated one; null for the system's.</param>
    public static async Task<SimulatorHost> StartAsync(SimulatorOptions options, TimeProvider? time = null)
    {
        var temporary = options.Directory is null ? Directory.CreateTempSubdirectory("batch-simulator-") : null;
        var app = Build(options, temporary?.FullName ?? options.Directory!, new SimulatorClock(time ?? TimeProvider.System));
        await app.StartAsync();
        return new SimulatorHost(app, temporary);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _temporary?.Delete(recursive: true);
    }

    /// <summary>
    /// Runs until the process is asked to end. Batches go on while nobody looks, so that no look has to wait for all that was due.
    /// Without it they go on when somebody looks, which is what tests with a clock of their own want.
    /// </summary>
    public async Task RunAsync()
    {
        var shutdown = _app.WaitForShutdownAsync();
        while (!shutdown.IsCompleted)
        {
            await Agenda.PresentAsync(now => now, CancellationToken.None);
            await Task.WhenAny(shutdown, Task.Delay(Glance, Clock));
        }
        await shutdown;
    }

    private T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    private static WebApplication Build(SimulatorOptions options, string directory, SimulatorClock clock)
    {
        var builder = WebApplication.CreateSlimBuilder();
        Listen(builder, options.Url);
        // Cut connections are what this server is for; the server logs each as an error of the application
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.None);
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(json => WireJson.Configure(json.SerializerOptions));
        AddWorld(builder.Services, options, directory, clock);
        var app = builder.Build();
        app.UseMiddleware<HttpFaultMiddleware>();
        app.UseMiddleware<ErrorMiddleware>();
        app.MapOpenAi();
        app.MapAnthropic();
        app.MapGemini();
        app.MapControl();
        return app;
    }

    // No limits of its own: how much and how slowly is the provider's business
    private static void Listen(WebApplicationBuilder builder, string url) => builder.WebHost.UseUrls(url).ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
    });

    private static void AddWorld(IServiceCollection services, SimulatorOptions options, string directory, SimulatorClock clock)
    {
        var bill = Directory.CreateDirectory(Path.Combine(directory, "ledger"));
        services
            .AddSingleton(options)
            .AddSingleton(clock)
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton(new IdSequence(options.Seed))
            .AddSingleton<Agenda>()
            .AddSingleton<FaultBook>()
            .AddSingleton(new SimulatorLedger(bill.FullName))
            .AddOpenAi(directory)
            .AddAnthropic(directory)
            .AddGemini(directory);
    }
}
