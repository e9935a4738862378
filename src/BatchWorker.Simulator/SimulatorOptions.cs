namespace BatchWorker.Simulator;

/// <summary>How the simulated providers behave. Phases take so long on the clock; nothing moves by itself in manual mode.</summary>
internal sealed record SimulatorOptions
{
    /// <summary>Where to listen; a port of 0 takes a free one.</summary>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>Where files are kept; default: a new directory that is removed at the end.</summary>
    public string? Directory { get; init; }

    /// <summary>Keys that are accepted.</summary>
    public IReadOnlyList<string> ApiKeys { get; init; } = ["sk-simulator-0123456789"];

    /// <summary>Seed of every choice: the order of results, percentages.</summary>
    public int Seed { get; init; } = 1;

    public BehaviourOptions Behaviour { get; init; } = new();
}

/// <summary>What tests change while it runs.</summary>
internal sealed record BehaviourOptions
{
    public TimeSpan Validating { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan InProgress { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan Finalizing { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan Cancelling { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The window after which a batch expires.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Phases end only when told to.</summary>
    public bool Manual { get; init; }

    /// <summary>Tokens that may be enqueued for one model; null for no limit.</summary>
    public long? EnqueuedTokenLimit { get; init; }

    /// <summary>How long a new batch is missing from listings.</summary>
    public TimeSpan ListDelay { get; init; }

    /// <summary>Part of the requests that a cancelled batch has answered.</summary>
    public double CancelFraction { get; init; } = 0.5;

    /// <summary>Write empty strings for files that are not there, as the real API sometimes does.</summary>
    public bool EmptyFileIds { get; init; }

    /// <summary>Line errors that a failed validation lists.</summary>
    public int MostLineErrors { get; init; } = 100;
}
