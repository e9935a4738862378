namespace BatchWorker.Providers.Http;

/// <summary>How long calls to a provider may take, how much they may bring, and how often a read is tried.</summary>
internal sealed record ProviderTimeouts
{
    /// <summary>Opening a connection, TLS included; default 15 s.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>One try of a read, its whole answer included; default 30 s. For a download: until its headers are there.</summary>
    public TimeSpan Attempt { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A read with all its tries; default 2 minutes.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The create call; default 2 minutes. Running into it leaves the outcome unknown, so it is generous.</summary>
    public TimeSpan Create { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>An upload; default 30 minutes.</summary>
    public TimeSpan Upload { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The longest silence within a download; default 100 s.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Bytes of one download; default 64 GiB, far above the results of any batch.</summary>
    public long MostBytes { get; init; } = 64L << 30;

    /// <summary>Tries of a read after the first one; default 4, at least 1.</summary>
    public int Retries { get; init; } = 4;

    /// <summary>The wait before the second try, doubled for each further one and blurred; default 0.5 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest Retry-After that a read waits for itself; a longer one goes to the caller. Default 20 s.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The circuit stays open this long after most calls failed; default 15 s.</summary>
    public TimeSpan Break { get; init; } = TimeSpan.FromSeconds(15);
}
