namespace BatchWorker.Lifecycle;

/// <summary>What one batch did for one of its jobs. The numbers are stored: never renumber; 0 is "none yet".</summary>
internal enum Outcome : byte
{
    Pending = 0,
    Succeeded = 1,
    Failed = 2,
    Expired = 3,
    Cancelled = 4,

    /// <summary>The provider lost or garbled the answer.</summary>
    Missing = 5,
}

/// <summary>The names of outcomes on the wire.</summary>
internal static class OutcomeNames
{
    public static string Wire(this Outcome outcome) => outcome switch
    {
        Outcome.Pending => "pending",
        Outcome.Succeeded => "succeeded",
        Outcome.Failed => "failed",
        Outcome.Expired => "expired",
        Outcome.Cancelled => "cancelled",
        Outcome.Missing => "missing",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
