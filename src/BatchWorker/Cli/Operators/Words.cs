using BatchWorker.Lifecycle;

namespace BatchWorker.Cli.Operators;

/// <summary>Filters that several lists have, with the words that they take.</summary>
internal static class Words
{
    public static ListFilter JobStatus { get; } = new("status", "Comma list of states", [.. Enum.GetValues<JobState>().Select(state => state.Wire())]);

    public static ListFilter BatchStatus { get; } = new("status", "Comma list of states", [.. Enum.GetValues<BatchState>().Select(state => state.Wire())]);

    public static ListFilter JobType { get; } = new("job_type", "Comma list of job types");

    public static ListFilter Provider { get; } = new("provider", "Comma list of providers", Providers());

    public static string[] Providers() => [.. ProviderNames.All.Select(name => name.Wire())];
}
