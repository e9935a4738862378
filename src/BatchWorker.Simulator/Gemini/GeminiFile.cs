namespace BatchWorker.Simulator.Gemini;

/// <summary>A file of the project.</summary>
internal sealed record GeminiFile
{
    public const string Prefix = "files/";

    /// <summary><c>files/ID</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where the bytes are.</summary>
    public required string Path { get; init; }

    public string? DisplayName { get; init; }

    public required string MimeType { get; init; }

    public required long Bytes { get; init; }

    public required byte[] Sha256 { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The result of a batch, not uploaded: nothing but its download finds it.</summary>
    public bool IsGenerated { get; init; }

    /// <summary>Position in the order of creation.</summary>
    public long Sequence { get; init; }

    public bool IsVideo => MimeType.StartsWith("video/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Only video takes time until it can be used.</summary>
    public bool IsActive(DateTimeOffset now, double videoProcessing) => !IsVideo || now >= CreatedAt + TimeSpan.FromSeconds(videoProcessing);

    /// <param name="origin">The base URL as the caller sees it.</param>
    /// <param name="now">The time of the look.</param>
    /// <param name="videoProcessing">Seconds until a video is active.</param>
    public object ToWire(string origin, DateTimeOffset now, double videoProcessing) => new
    {
        name = Name,
        displayName = DisplayName,
        mimeType = MimeType,
        sizeBytes = GeminiJson.Count(Bytes),
        createTime = GeminiJson.Time(CreatedAt),
        updateTime = GeminiJson.Time(CreatedAt),
        expirationTime = GeminiJson.Time(ExpiresAt),
        sha256Hash = Convert.ToBase64String(Sha256),
        uri = $"{origin}/v1beta/{Name}",
        state = IsActive(now, videoProcessing) ? "ACTIVE" : "PROCESSING",
        source = "UPLOADED",
    };
}
