using BatchWorker.Simulator.Control;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.OpenAi;

namespace BatchWorker.Simulator;

/// <summary>A running simulator.</summary>
internal sealed class SimulatorHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string? _ownDirectory;

    private SimulatorHost(WebApplication app, Simulation simulation, SimulatorOptions options, string? ownDirectory)
    {
        _app = app;
        _ownDirectory = ownDirectory;
        Simulation = simulation;
        Options = options;
    }

    public Simulation Simulation { get; }

    public SimulatorOptions Options { get; }

    /// <summary>Where it answers.</summary>
    public string Address => _app.Urls.First();

    /// <summary>What a client of OpenAI takes as its base URL.</summary>
    public string OpenAiBaseUrl => Address + OpenAiSimulation.Prefix;

    public static async Task<SimulatorHost> StartAsync(SimulatorOptions options, TimeProvider? clock = null)
    {
        var time = clock ?? TimeProvider.System;
        var own = options.Directory is null ? Directory.CreateTempSubdirectory("batchworker-simulator-").FullName : null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(options.Url).ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        var simulation = new Simulation(options, own ?? Directory.CreateDirectory(options.Directory!).FullName, time);
        app.UseMiddleware<FaultMiddleware>(simulation.Faults, simulation.Ledger, time);
        app.UseRouting();
        app.MapOpenAi(simulation.Engine, simulation.Shelf, options);
        app.MapControlPlane(simulation);
        await app.StartAsync();
        return new SimulatorHost(app, simulation, options, own);
    }

    public Task WaitAsync() => _app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        if (_ownDirectory is not null)
        {
            Directory.Delete(_ownDirectory, recursive: true);
        }
    }
}
