using BatchWorker.Lifecycle;

namespace BatchWorker.Control;

/// <summary>A job in a list.</summary>
internal record JobAnswer
{
    public required string JobId { get; init; }

    public required string JobType { get; init; }

    public required string Provider { get; init; }

    public required string Model { get; init; }

    public required string Status { get; init; }

    /// <summary>Why a queued job waits; null when it simply waits its turn, or is not queued.</summary>
    public required string? Waiting { get; init; }

    public required int Priority { get; init; }

    public required int Attempts { get; init; }

    public required string? BatchId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required DateTimeOffset? EndedAt { get; init; }

    public required RawJson? Metadata { get; init; }
}

/// <summary>Everything about one job.</summary>
internal sealed record JobDetailAnswer : JobAnswer
{
    public required string Endpoint { get; init; }

    /// <summary>The request as it is sent: what was posted without its white space, what a template made of a short form; for Gemini without the model.</summary>
    public required RawJson? Data { get; init; }

    public required bool DataRemoved { get; init; }

    /// <summary>The provider's body.</summary>
    public required RawJson? Response { get; init; }

    public required ErrorAnswer? Error { get; init; }

    public required UsageAnswer? Usage { get; init; }

    public required CostAnswer? Cost { get; init; }

    public required IReadOnlyList<HistoryAnswer> History { get; init; }
}

/// <summary>Why a job did not succeed.</summary>
internal sealed record ErrorAnswer(string Code, string Message, bool Retryable);

/// <summary>Tokens of an answer.</summary>
internal sealed record UsageAnswer(long InputTokens, long OutputTokens, long CachedTokens)
{
    public static UsageAnswer Of(Usage usage) => new(usage.InputTokens, usage.OutputTokens, usage.CachedTokens);
}

/// <summary>USD; null where no price is known.</summary>
internal sealed record CostAnswer(decimal? Realtime, decimal? Batch, decimal? Saved)
{
    public static CostAnswer Of(long? realtimePico, long? batchPico) => realtimePico is { } realtime && batchPico is { } batch
        ? new CostAnswer(PicoUsd.ToUsd(realtime), PicoUsd.ToUsd(batch), PicoUsd.ToUsd(realtime - batch))
        : new CostAnswer(null, null, null);
}

/// <summary>One counted attempt.</summary>
internal sealed record HistoryAnswer(int Attempt, string BatchId, string Outcome, string? Code, DateTimeOffset At);
