namespace BatchWorker.Simulator.OpenAi;

/// <summary>How the simulated OpenAI behaves. Limits are those of the documentation and may be lowered to meet them sooner.</summary>
internal sealed record OpenAiSettings
{
    /// <summary>Accepted API keys; all belong to one account.</summary>
    public IReadOnlyList<string> Keys { get; init; } = ["sk-simulator"];

    public OpenAiPhases Phases { get; init; } = new();

    /// <summary>Prompt tokens that may be enqueued, by model; <c>*</c> for every other one.</summary>
    public Dictionary<string, long> EnqueuedTokenLimit { get; init; } = [];

    /// <summary>Seconds until a new batch appears in lists.</summary>
    public double ListDelay { get; init; }

    /// <summary>Share of requests that are done when a cancelled batch ends; null for what the clock says.</summary>
    public double? CancelFraction { get; init; }

    /// <summary>Share of a prompt's tokens that the answer reports as cached.</summary>
    public double CachedFraction { get; init; }

    /// <summary>Share of a prompt's tokens that the answer reports as written into the cache, out of what was not read; 0: not reported.</summary>
    public double CacheWriteFraction { get; init; }

    /// <summary>An absent file id is <c>""</c> instead of null, as seen in tobert/kaibo#93.</summary>
    public bool EmptyStringIds { get; init; }

    /// <summary>At most so many entries in <c>errors.data</c>.</summary>
    public int MaxLineErrors { get; init; } = 50_000;

    /// <summary>Bytes of a batch input file. "200 MB", read strictly.</summary>
    public long MaxFileBytes { get; init; } = 200_000_000;

    public int MaxRequests { get; init; } = 50_000;

    /// <summary>Batches created within an hour; one more is answered 429.</summary>
    public int MaxBatchesPerHour { get; init; } = 2_000;

    /// <summary>Inputs over all requests of an embeddings batch.</summary>
    public int MaxEmbeddingInputs { get; init; } = 50_000;
}

/// <summary>Seconds that a batch spends in each status.</summary>
internal sealed record OpenAiPhases
{
    public double Validating { get; init; } = 1;

    public double InProgress { get; init; } = 1;

    public double Finalizing { get; init; } = 1;

    public double Cancelling { get; init; } = 1;

    /// <summary>Every phase of the same length.</summary>
    public static OpenAiPhases All(double seconds) => new() { Validating = seconds, InProgress = seconds, Finalizing = seconds, Cancelling = seconds };

    public OpenAiPhases With(IReadOnlyDictionary<string, double> others) => new()
    {
        Validating = others.GetValueOrDefault("validating", Validating),
        InProgress = others.GetValueOrDefault("in_progress", InProgress),
        Finalizing = others.GetValueOrDefault("finalizing", Finalizing),
        Cancelling = others.GetValueOrDefault("cancelling", Cancelling),
    };
}
