namespace BatchWorker.Queue;

/// <summary>Something in the ledger is not as it must be.</summary>
/// <param name="Invariant">One of <see cref="Invariants"/>.</param>
/// <param name="Subject">The job, the batch or the list.</param>
/// <param name="Detail">What is wrong, for people.</param>
internal sealed record Violation(string Invariant, string Subject, string Detail)
{
    public override string ToString() => $"{Invariant} {Subject} {Detail}";
}

/// <summary>What must hold at every moment.</summary>
internal static class Invariants
{
    /// <summary>Each job is in one place: a queue, one batch, or at its end.</summary>
    public const string OnePlace = "I1";

    /// <summary>Every accepted job is there, with its request as long as it may be sent.</summary>
    public const string NothingLost = "I2";

    /// <summary>No job is in two batches that have not ended.</summary>
    public const string OneBatch = "I3";

    /// <summary>A provider's batch belongs to one batch of ours, and a create lane to one.</summary>
    public const string OneBinding = "I4";

    /// <summary>No job has more counted attempts than it may have.</summary>
    public const string Attempts = "I5";

    /// <summary>An end has its outcome, and a stored answer is there and the job's own.</summary>
    public const string Answered = "I6";

    /// <summary>The end of a job with a callback was told, was given up, or is in the outbox.</summary>
    public const string Told = "I7";

    /// <summary>The epoch of a batch never falls.</summary>
    public const string Epoch = "I8";

    /// <summary>The costs of jobs, of their batch and of their days are the same.</summary>
    public const string Money = "money";

    /// <summary>A batch holds back of the budgets what its jobs without an outcome are expected to cost.</summary>
    public const string Budget = "budget";

    /// <summary>Lists and work queues lead to what they are there for.</summary>
    public const string Reach = "reach";

    public static IReadOnlyList<string> All { get; } = [OnePlace, NothingLost, OneBatch, OneBinding, Attempts, Answered, Told, Epoch, Money, Budget, Reach];
}
