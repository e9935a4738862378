using System.Security.Cryptography;
using BatchWorker.Simulator;

var settings = new ConfigurationBuilder().AddCommandLine(args).Build();
var defaults = new SimulatorOptions();
var options = defaults with
{
    Url = settings["urls"] ?? defaults.Url,
    Directory = settings["dir"],
    Seed = settings.GetValue("seed", RandomNumberGenerator.GetInt32(int.MaxValue)),
    PhaseSeconds = settings.GetValue("phase-seconds", defaults.PhaseSeconds),
    OpenAiKey = settings["openai-key"] ?? defaults.OpenAiKey,
    AnthropicKey = settings["anthropic-key"] ?? defaults.AnthropicKey,
    GeminiKey = settings["gemini-key"] ?? defaults.GeminiKey,
};
await using var host = await SimulatorHost.StartAsync(options);
Console.WriteLine($"Simulator of provider batch APIs on {host.Address}");
Console.WriteLine($"OPENAI_BASE_URL={host.OpenAiBaseUrl}");
Console.WriteLine($"OPENAI_API_KEY={options.OpenAiKey}");
Console.WriteLine($"ANTHROPIC_BASE_URL={host.AnthropicBaseUrl}");
Console.WriteLine($"ANTHROPIC_API_KEY={options.AnthropicKey}");
Console.WriteLine($"GEMINI_BASE_URL={host.GeminiBaseUrl}");
Console.WriteLine($"GEMINI_API_KEY={options.GeminiKey}");
await host.RunAsync();
