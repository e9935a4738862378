namespace BatchWorker.Simulator.Faults;

/// <summary>What happens to a line of a result file.</summary>
internal enum LineDamage
{
    /// <summary>A byte of its beginning is wrong: no JSON any more.</summary>
    Corrupt,

    /// <summary>Half the line.</summary>
    Truncate,

    /// <summary>The line is not there.</summary>
    Missing,

    /// <summary>The line is there twice.</summary>
    Duplicate,

    /// <summary>The line names a request that nobody sent.</summary>
    UnknownId,

    /// <summary>A byte that UTF-8 does not know.</summary>
    InvalidUtf8,

    /// <summary>An empty line stands before it.</summary>
    Blank,

    /// <summary>JSON, but no object.</summary>
    NotObject,

    /// <summary>A line of <see cref="LineMutation.Bytes"/> and a few.</summary>
    Oversized,
}

/// <summary>Damage to result files, drawn once for each batch when its files are written.</summary>
internal sealed record LineMutation : Occasion
{
    public required LineDamage Kind { get; init; }

    /// <summary>How many lines, from the first of the file on; files are shuffled.</summary>
    public int Lines { get; init; } = 1;

    /// <summary>For <c>oversized</c>: bytes that the line gets more.</summary>
    public long Bytes { get; init; } = 200_000_000;

    /// <summary>In the file of failures instead of the file of answers, where the provider has two.</summary>
    public bool ErrorFile { get; init; }

    /// <summary>Only the line of this request.</summary>
    public string? CustomId { get; init; }
}
