using System.Globalization;
using BatchWorker.Simulator;

var configuration = new ConfigurationBuilder().AddCommandLine(args).Build();
var seconds = double.Parse(configuration["phase-seconds"] ?? "1", CultureInfo.InvariantCulture);
var phase = TimeSpan.FromSeconds(seconds);
var options = new SimulatorOptions
{
    Url = configuration["urls"] ?? "http://127.0.0.1:8090",
    Directory = configuration["dir"],
    Seed = int.Parse(configuration["seed"] ?? "1", CultureInfo.InvariantCulture),
    Behaviour = new BehaviourOptions { Validating = phase, InProgress = phase, Finalizing = phase, Cancelling = phase },
};
await using var simulator = await SimulatorHost.StartAsync(options);
Console.WriteLine($"The simulator answers at {simulator.Address}. For the daemon:");
Console.WriteLine($"OPENAI_BASE_URL={simulator.OpenAiBaseUrl} OPENAI_API_KEY={options.ApiKeys[0]}");
await simulator.WaitAsync();
