using BatchWorker.Lifecycle;

namespace BatchWorker.Callbacks;

/// <summary>How callbacks are delivered.</summary>
internal sealed record CallbackOptions
{
    /// <summary><c>BATCH_WEBHOOK_SECRET</c>; null: nothing is delivered.</summary>
    public WebhookSecrets? Secrets { get; init; }

    public CallbackRules Rules { get; init; } = new(AllowPrivate: false, []);

    /// <summary>Who is told of the end of every batch; null for nobody.</summary>
    public string? BatchUrl { get; init; }

    /// <summary>For one attempt as a whole; default 15 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an event belongs to the replica that took it; longer than an attempt. Default 60 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Attempts at a time to one host; default 4.</summary>
    public int PerHost { get; init; } = 4;

    /// <summary>Attempts at a time in all; default 128.</summary>
    public int Parallel { get; init; } = 128;

    /// <summary>From 0 to 1: how much longer a wait is than its least, as a part of a tenth. Keeps events that failed together from coming back together.</summary>
    public Func<double> Chance { get; init; } = () => 0;
}
