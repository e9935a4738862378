using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>What must hold for a job; pure.</summary>
internal static class JobRules
{
    /// <param name="facts">The job.</param>
    /// <param name="leftovers">Whether what a script that was cut off leaves in a queue counts: whoever meets it drops it.</param>
    public static IEnumerable<Violation> Broken(JobFacts facts, bool leftovers)
    {
        var broken = facts.Job.State switch
        {
            JobState.Queued => Queued(facts, leftovers),
            JobState.Batched => Batched(facts, leftovers),
            _ => Ended(facts, leftovers),
        };
        return broken.Concat(Always(facts)).Select(one => new Violation(one.Invariant, facts.Subject, one.Detail));
    }

    private static IEnumerable<(string Invariant, string Detail)> Always(JobFacts facts)
    {
        if (facts.Job.Attempts > facts.Job.MaxAttempts)
        {
            yield return (Invariants.Attempts, $"has {facts.Job.Attempts} counted attempts of {facts.Job.MaxAttempts}");
        }
        if (!facts.IsIndexed && !facts.IsFresh)
        {
            yield return (Invariants.Reach, $"is {facts.Job.State.Wire()} and no list finds it");
        }
    }

    private static IEnumerable<(string Invariant, string Detail)> Queued(JobFacts facts, bool leftovers)
    {
        if (!HasRequest(facts))
        {
            yield return (Invariants.NothingLost, "is queued and its request is gone");
        }
        if (facts.IsFresh)
        {
            yield break;
        }
        if (facts.Waiting is null && facts.Later is null)
        {
            yield return (Invariants.OnePlace, "is queued and in no queue");
        }
        else if ((facts.Waiting ?? facts.Later) != facts.Job.PlaceOf(facts.Sequence))
        {
            yield return (Invariants.OnePlace, "does not stand where its priority and acceptance put it");
        }
        if (leftovers && facts.Waiting is not null && facts.Later is not null)
        {
            yield return (Invariants.OnePlace, "waits for its turn and for its time at once");
        }
        if (facts is { Waiting: null, Later: not null, Delayed: null })
        {
            yield return (Invariants.Reach, "waits for a time at which nobody looks for it");
        }
        if (facts.Job.Has(JobFlags.CameBack) && facts.Due is null)
        {
            yield return (Invariants.Reach, "came back and no carry-over finds it");
        }
        if (facts.Job.DeadlineMs != 0 && facts.Deadline is null)
        {
            yield return (Invariants.Reach, "has a deadline that nobody looks for");
        }
    }

    private static IEnumerable<(string Invariant, string Detail)> Batched(JobFacts facts, bool leftovers)
    {
        if (!HasRequest(facts))
        {
            yield return (Invariants.NothingLost, "is in a batch and its request is gone");
        }
        if (leftovers && IsInQueue(facts))
        {
            yield return (Invariants.OnePlace, "is in a batch and in a queue");
        }
        if (facts.Place?.Batch is not { } batch)
        {
            yield return (Invariants.OnePlace, $"is in batch number {facts.Job.Batch}, which does not exist");
        }
        else if (facts.Place.Sequence != facts.Sequence)
        {
            yield return (Invariants.OnePlace, $"is in {batch.Record.Id}, which does not have it");
        }
        else if (batch.State.HasEnded())
        {
            yield return (Invariants.OnePlace, $"is in {batch.Record.Id}, which has ended");
        }
        else if (facts.Place.Outcome is not null)
        {
            yield return (Invariants.OnePlace, $"is in {batch.Record.Id}, which has settled it");
        }
    }

    private static IEnumerable<(string Invariant, string Detail)> Ended(JobFacts facts, bool leftovers)
    {
        if (leftovers && IsInQueue(facts))
        {
            yield return (Invariants.OnePlace, $"is {facts.Job.State.Wire()} and in a queue");
        }
        if (leftovers && facts.Job.State == JobState.Failed != facts.Dead is not null)
        {
            yield return (Invariants.Reach, $"is {facts.Job.State.Wire()} and {(facts.Dead is null ? "not " : "")}counted as dead");
        }
        if (!facts.IsTold)
        {
            yield return (Invariants.Told, $"is {facts.Job.State.Wire()} and nobody will tell its receiver");
        }
        if (facts.Job.State == JobState.Succeeded && !facts.Job.Has(JobFlags.EndedInBatch))
        {
            yield return (Invariants.Answered, "succeeded in no batch");
        }
        if (facts.Job.Has(JobFlags.EndedInBatch) && WhyNotIn(facts) is { } reason)
        {
            yield return (Invariants.Answered, reason);
        }
    }

    /// <summary>Null when the job ended as its batch says.</summary>
    private static string? WhyNotIn(JobFacts facts) => facts.Place switch
    {
        not { Batch: not null } => $"ended in batch number {facts.Job.Batch}, which does not exist",
        { Batch: { } batch } place when place.Sequence != facts.Sequence => $"ended in {batch.Record.Id}, which does not have it",
        { Batch: { } batch, Outcome: null } => $"ended in {batch.Record.Id}, which has no outcome for it",
        { Batch: { } batch, Outcome: { } outcome } when EndOf(outcome) != facts.Job.State => $"is {facts.Job.State.Wire()}, in {batch.Record.Id} it is {EndOf(outcome).Wire()}",
        { Batch: { } batch, Outcome: { Outcome: Outcome.Succeeded, Address: null } } => $"succeeded in {batch.Record.Id}, which stored no answer",
        _ => null,
    };

    /// <summary>A job that went back and then ended had its deadline pass.</summary>
    private static JobState EndOf(OutcomeRecord outcome) => outcome.Requeued ? JobState.Failed : outcome.EndState;

    private static bool IsInQueue(JobFacts facts) => facts.Waiting is not null || facts.Later is not null || facts.Due is not null;

    private static bool HasRequest(JobFacts facts) => facts.HasRequest || facts.Job.Has(JobFlags.DataRemoved);
}
