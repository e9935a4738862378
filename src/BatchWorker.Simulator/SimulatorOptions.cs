using BatchWorker.Simulator.Anthropic;
using BatchWorker.Simulator.Gemini;
using BatchWorker.Simulator.OpenAi;

namespace BatchWorker.Simulator;

/// <summary>How a simulator starts.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Where it listens; port 0 takes a free one.</summary>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>Where uploads and results are; null for a temporary directory that is deleted at the end.</summary>
    public string? Directory { get; init; }

    /// <summary>Seeds ids and the order of results: two simulators with the same seed hand out the same ids.</summary>
    public int Seed { get; init; }

    /// <summary>Seconds that a batch spends in each of its phases.</summary>
    public double PhaseSeconds { get; init; } = 1;

    /// <summary><c>OPENAI_API_KEY</c> for this simulator.</summary>
    public string OpenAiKey { get; init; } = "sk-simulator";

    /// <summary><c>ANTHROPIC_API_KEY</c> for this simulator.</summary>
    public string AnthropicKey { get; init; } = "sk-ant-simulator";

    /// <summary><c>GEMINI_API_KEY</c> for this simulator.</summary>
    public string GeminiKey { get; init; } = "AIza-simulator";

    /// <summary>The simulated OpenAI at the start and after a reset, if more than the key and the phases is to be said.</summary>
    internal OpenAiSettings OpenAi
    {
        get => field ?? new OpenAiSettings { Keys = [OpenAiKey], Phases = OpenAiPhases.All(PhaseSeconds) };
        init;
    }

    /// <summary>The simulated Anthropic, likewise.</summary>
    internal AnthropicSettings Anthropic
    {
        get => field ?? new AnthropicSettings { Keys = [AnthropicKey], Phases = AnthropicPhases.All(PhaseSeconds) };
        init;
    }

    /// <summary>The simulated Gemini at the start and after a reset, if more than the key and the phases is to be said.</summary>
    internal GeminiSettings Gemini
    {
        get => field ?? new GeminiSettings { Keys = [GeminiKey], Phases = GeminiPhases.All(PhaseSeconds) };
        init;
    }
}
