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

    /// <summary>The simulated OpenAI at the start and after a reset.</summary>
    internal OpenAiSettings OpenAi { get; init; } = new();
}
