namespace BatchWorker.Simulator.OpenAi;

/// <summary>A file of the account.</summary>
internal sealed record StoredFile
{
    public required string Id { get; init; }

    public required string Path { get; init; }

    public required string Name { get; init; }

    public required string Purpose { get; init; }

    public required long Bytes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null for never.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    public object ToWire() => new
    {
        id = Id,
        @object = "file",
        bytes = Bytes,
        created_at = CreatedAt.ToUnixTimeSeconds(),
        expires_at = ExpiresAt?.ToUnixTimeSeconds(),
        filename = Name,
        purpose = Purpose,
        status = "processed",
        status_details = (string?)null,
    };
}
