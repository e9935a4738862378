namespace BatchWorker.Queue;

/// <summary>All that the ledger says about one job, read while its state stayed the same.</summary>
internal sealed record JobFacts(long Sequence, JobRecord Job)
{
    /// <summary>Its score among the waiting jobs of its lane; null when it is not there. The others likewise.</summary>
    public double? Waiting { get; init; }

    public double? Later { get; init; }

    public double? Due { get; init; }

    public double? Delayed { get; init; }

    public double? Deadline { get; init; }

    public double? Dead { get; init; }

    public bool HasRequest { get; init; }

    /// <summary>Whether lists find its bucket by its lane and state.</summary>
    public bool IsIndexed { get; init; }

    /// <summary>Its end was told, is to be told to nobody, or is in the outbox.</summary>
    public bool IsTold { get; init; } = true;

    /// <summary>Its acceptance was cut off, and is finished by the next repair.</summary>
    public bool IsFresh { get; init; }

    public BatchPlace? Place { get; init; }

    public string Subject => Job.IdOf(Sequence).ToString();
}

/// <summary>What a batch has at the place that a job names.</summary>
/// <param name="Batch">The batch; null when there is none.</param>
/// <param name="Sequence">The job at the place; null when there is no such place.</param>
/// <param name="Outcome">What the batch did for it; null when nothing is settled yet.</param>
internal sealed record BatchPlace(OwnedBatch? Batch, long? Sequence, OutcomeRecord? Outcome);
