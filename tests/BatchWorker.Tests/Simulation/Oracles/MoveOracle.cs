using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Tests.Simulation.Oracles;

/// <summary>Sees every move of a job and of a batch: only those of the tables happen, and which of them did.</summary>
internal sealed class MoveOracle(History history, LedgerPicture picture)
{
    private readonly Dictionary<long, JobState> _jobs = [];
    private readonly Dictionary<long, BatchState> _batches = [];

    public static string Place(JobTransition move) => $"job {move.From.Wire()} -> {move.To.Wire()}";

    public static string Place(BatchTransition move) => $"batch {move.Verb}: {move.From.Wire()} -> {move.To.Wire()}";

    public void Look()
    {
        foreach (var batch in picture.Batches())
        {
            var (was, now) = (_batches.GetValueOrDefault(batch.Number, BatchState.Preparing), batch.Record.State);
            if (was != now)
            {
                Violation.Unless(BatchTransitions.IsAllowed(was, now), "moves", $"batch {batch.Number} went from {was.Wire()} to {now.Wire()}");
                history.Coverage.Visit(Place(BatchTransitions.All.First(move => move.From == was && move.To == now && IsVerb(move, batch.Record))));
            }
            _batches[batch.Number] = now;
        }
        for (var sequence = 1L; sequence <= picture.Meta(LedgerFields.Sequence); sequence++)
        {
            if (picture.Job(sequence) is { } job)
            {
                Look(sequence, job);
            }
        }
    }

    private void Look(long sequence, JobRecord job)
    {
        var now = job.State == JobState.Batched ? picture.Batch(job.Batch)?.Record.JobState ?? JobState.Batched : job.State;
        var was = _jobs.GetValueOrDefault(sequence, JobState.Queued);
        if (was != now)
        {
            Violation.Unless(JobTransitions.IsAllowed(was, now), "moves", $"job {sequence} went from {was.Wire()} to {now.Wire()}");
            history.Coverage.Visit(Place(JobTransitions.All.First(move => move.From == was && move.To == now)));
        }
        _jobs[sequence] = now;
    }

    /// <summary>Two verbs lead from submitting to retrieving: a cancelled batch says so in its ending.</summary>
    private static bool IsVerb(BatchTransition move, BatchRecord batch) =>
        move.To != BatchState.Retrieving || move.Verb == "ended" || (move.Verb == "cancel") == (batch.Ending!.State == BatchState.Cancelled);
}
