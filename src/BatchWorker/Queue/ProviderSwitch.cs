namespace BatchWorker.Queue;

/// <summary>What all replicas know of a provider.</summary>
internal sealed record ProviderSwitch
{
    /// <summary>An operator paused it: no uploads and no creates.</summary>
    public bool Paused { get; init; }

    /// <summary>It refuses our key since then.</summary>
    public DateTimeOffset? UnauthorizedSince { get; init; }

    /// <summary>It does not answer since then.</summary>
    public DateTimeOffset? UnavailableSince { get; init; }

    /// <summary>It asked us to wait until then.</summary>
    public DateTimeOffset? HoldUntil { get; init; }

    /// <summary>Since when it is as it is.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The provider's words about it.</summary>
    public string? Detail { get; init; }
}
