using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>A validated job on its way into the ledger.</summary>
internal sealed record NewJob
{
    public required Lane Lane { get; init; }

    /// <summary>1 to 10, 10 first.</summary>
    public required int Priority { get; init; }

    /// <summary>The caller's <c>data</c> without insignificant white space, otherwise byte for byte.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The caller's <c>metadata</c> as minified JSON; empty when there was none.</summary>
    public ReadOnlyMemory<byte> Metadata { get; init; }

    /// <summary>Whom the job's end is told: an http or https address in ASCII; null for nobody.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>Embedding inputs in the request, at least 1.</summary>
    public int InputUnits { get; init; } = 1;

    /// <summary>Provider attempts before the job is dead-lettered.</summary>
    public required int MaxAttempts { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Null when the caller gave none: then nothing is remembered.</summary>
    public IdempotencyMark? Idempotency { get; init; }
}

/// <summary>What is remembered of an idempotency key.</summary>
/// <param name="Key">First 10 bytes of the SHA-256 of key owner and key.</param>
/// <param name="Content">First 8 bytes of the SHA-256 of the whole job as the caller meant it.</param>
internal sealed record IdempotencyMark(byte[] Key, byte[] Content);
