using System.Text.Json;

namespace BatchWorker.Queue;

/// <summary>One drain as it is stored. Whether its batches are submitted is read from them.</summary>
internal sealed record RunRecord : StoredRecord
{
    public int Version { get; init; } = 1;

    public required string Id { get; init; }

    /// <summary><c>schedule</c>, <c>api</c>, <c>cli</c> or <c>carry_over</c>.</summary>
    public required string Trigger { get; init; }

    public RunFilter Filter { get; init; } = new();

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The replica that drains.</summary>
    public string? Owner { get; init; }

    /// <summary>All that it wants is claimed.</summary>
    public bool Claimed { get; init; }

    /// <summary>Jobs claimed.</summary>
    public int Jobs { get; init; }

    public IReadOnlyList<string> Batches { get; init; } = [];

    public IReadOnlyList<HeldJobs> Held { get; init; } = [];

    public string? Error { get; init; }

    public byte[] Pack() => JsonSerializer.SerializeToUtf8Bytes(this, LedgerJson.Default.RunRecord);

    public static RunRecord Unpack(byte[] bytes) =>
        JsonSerializer.Deserialize(bytes, LedgerJson.Default.RunRecord) ?? throw new InvalidDataException("A run record is null.");
}

/// <summary>What a drain takes; null members take everything.</summary>
internal sealed record RunFilter(string? JobType = null, string? Provider = null, int? MaxJobs = null);

/// <summary>Jobs that a drain found and left.</summary>
/// <param name="Lane">The lane in words.</param>
/// <param name="Jobs">How many wait in it.</param>
/// <param name="Reason">Why, as in a job's <c>waiting</c>.</param>
internal sealed record HeldJobs(string Lane, int Jobs, string Reason);
