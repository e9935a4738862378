using BatchWorker.Lifecycle;

namespace BatchWorker.Providers;

/// <summary>One line of a provider's results.</summary>
internal sealed record ResultLine
{
    /// <summary>Our job id; null when the line could not be read at all.</summary>
    public string? CustomId { get; init; }

    /// <summary>What the line says; <see cref="Outcome.Missing"/> when it is garbled.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>The provider's answer, the bytes as they came; empty unless it succeeded.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Why it did not succeed.</summary>
    public JobError? Error { get; init; }

    public Usage Usage { get; init; }

    /// <summary>The HTTP status inside the line, 0 when there was none.</summary>
    public int StatusCode { get; init; }
}
