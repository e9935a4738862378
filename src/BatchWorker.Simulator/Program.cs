using BatchWorker.Simulator;
using BatchWorker.Simulator.OpenAi;

var settings = new ConfigurationBuilder().AddCommandLine(args).Build();
var keys = settings["openai-key"] is { } key ? [key] : new OpenAiSettings().Keys;
await using var host = await SimulatorHost.StartAsync(new SimulatorOptions
{
    Url = settings["urls"] ?? "http://127.0.0.1:0",
    Directory = settings["dir"],
    Seed = settings.GetValue("seed", System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue)),
    OpenAi = new OpenAiSettings { Keys = keys, Phases = OpenAiPhases.All(settings.GetValue("phase-seconds", 1.0)) },
});
Console.WriteLine($"Simulator of provider batch APIs on {host.Address}");
Console.WriteLine($"OPENAI_BASE_URL={host.OpenAiBaseUrl}");
Console.WriteLine($"OPENAI_API_KEY={keys[0]}");
await host.WaitAsync();
