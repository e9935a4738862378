using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Simulation.Store;
using BatchWorker.Tests.Simulation.Vendors;

namespace BatchWorker.Tests.Simulation.Oracles;

/// <summary>Looks at every job and every batch in the store, whatever state it is in.</summary>
internal sealed class LedgerOracle(History history, LedgerPicture picture)
{
    private readonly Dictionary<long, int> _questions = [];
    private readonly HashSet<long> _poison = [];
    private readonly HashSet<(long Job, ResultAddress Address)> _read = [];

    /// <summary>Jobs that the ledger has accepted.</summary>
    public int Jobs => _questions.Count;

    /// <summary>Which question a job asks.</summary>
    public int? QuestionOf(long sequence) => _questions.TryGetValue(sequence, out var question) ? question : null;

    public void Look()
    {
        var (last, whole) = (picture.Meta(LedgerFields.Sequence), picture.Meta(LedgerFields.Whole));
        for (var sequence = 1L; sequence <= last; sequence++)
        {
            if (picture.Job(sequence) is { } job)
            {
                Learn(sequence);
                Look(sequence, job, isWhole: sequence <= whole);
            }
            else
            {
                Violation.Unless(history.WasTorn, "sums", $"job {sequence} of {last} has no record");
            }
        }
        foreach (var (question, id) in history.Callers.Accepted)
        {
            Violation.Unless(picture.Job(id.Sequence)?.IdOf(id.Sequence) == id && QuestionOf(id.Sequence) == question, "accepted", $"job {id.Sequence} was acknowledged and is not there");
        }
    }

    /// <summary>Notes what an acceptance that was cut off has left to be repaired.</summary>
    public void NoteRepairs(Coverage coverage)
    {
        for (var sequence = picture.Meta(LedgerFields.Whole) + 1; sequence <= picture.Meta(LedgerFields.Sequence); sequence++)
        {
            if (picture.Job(sequence) is not { State: JobState.Queued } job)
            {
                continue;
            }
            if (!picture.IsIn(picture.Keys.Waiting(job.Lane), sequence) && !picture.IsIn(picture.Keys.Later(job.Lane), sequence))
            {
                coverage.Visit(job.Has(JobFlags.Delayed) ? "repair: delayed" : "repair: queue");
            }
            if (job.DeadlineMs != 0 && !picture.IsIn(picture.Keys.Deadlines, sequence))
            {
                coverage.Visit("repair: deadline");
            }
        }
    }

    /// <summary>A key has one job.</summary>
    private void Learn(long sequence)
    {
        if (!_questions.ContainsKey(sequence) && picture.Request(sequence) is { } request)
        {
            var text = System.Text.Encoding.UTF8.GetString(request.Span);
            var question = Questions.NumberOf(text);
            if (Questions.IsPoison(text))
            {
                _poison.Add(sequence);
            }
            Violation.Unless(!history.Callers.HasKey(question) || !_questions.ContainsValue(question), "accepted", $"question {question} was accepted twice");
            _questions[sequence] = question;
        }
    }

    private void Look(long sequence, JobRecord job, bool isWhole)
    {
        Violation.Unless(job.Attempts <= job.MaxAttempts, "attempts", $"job {sequence} has {job.Attempts} of {job.MaxAttempts}");
        switch (job.State)
        {
            case JobState.Queued:
                LookAtQueued(sequence, job, isWhole);
                break;
            case JobState.Batched:
                LookAtBatched(sequence, job);
                break;
            default:
                LookAtEnded(sequence, job);
                break;
        }
    }

    private void LookAtQueued(long sequence, JobRecord job, bool isWhole)
    {
        var places = (picture.IsIn(picture.Keys.Waiting(job.Lane), sequence) ? 1 : 0) + (picture.IsIn(picture.Keys.Later(job.Lane), sequence) ? 1 : 0);
        Violation.Unless(places == 1 || (history.WasTorn && (places == 2 || !isWhole)), "one place", $"job {sequence} is queued in {places} places");
        if (job.DeadlineMs != 0 && isWhole)
        {
            Violation.Unless(picture.IsIn(picture.Keys.Deadlines, sequence), "one place", $"the deadline of job {sequence} is forgotten");
        }
        if (job.Has(JobFlags.CameBack))
        {
            Violation.Unless(picture.IsIn(picture.Keys.Due, sequence), "one place", $"job {sequence} came back and is not due");
        }
    }

    private void LookAtBatched(long sequence, JobRecord job)
    {
        var batch = picture.Batch(job.Batch);
        Violation.Unless(batch is not null && !batch.Record.State.HasEnded(), "one place", $"job {sequence} is in batch {job.Batch}, which is {batch?.Record.State.Wire() ?? "gone"}");
        var manifest = picture.Manifest(job.Batch);
        Violation.Unless(job.Position < manifest.Count && manifest[job.Position] == sequence, "one place", $"job {sequence} is not at its place of batch {job.Batch}");
        if (!history.WasTorn)
        {
            Violation.Unless(!picture.IsIn(picture.Keys.Waiting(job.Lane), sequence) && !picture.IsIn(picture.Keys.Later(job.Lane), sequence), "one place", $"job {sequence} is batched and queued");
            Violation.Unless(picture.Outcome(job.Batch, job.Position) is null, "one place", $"job {sequence} is batched and has an outcome");
        }
    }

    private void LookAtEnded(long sequence, JobRecord job)
    {
        if (!history.WasTorn)
        {
            Violation.Unless(!picture.IsIn(picture.Keys.Waiting(job.Lane), sequence) && !picture.IsIn(picture.Keys.Later(job.Lane), sequence), "one place", $"job {sequence} has ended and is queued");
            Violation.Unless(picture.IsIn(picture.Keys.Dead, sequence) == (job.State == JobState.Failed), "one place", $"job {sequence} is {job.State.Wire()} and among the dead or not");
        }
        if (!job.Has(JobFlags.EndedInBatch))
        {
            Violation.Unless(job.State != JobState.Succeeded, "result", $"job {sequence} succeeded in no batch");
            return;
        }
        var outcome = picture.Outcome(job.Batch, job.Position);
        var manifest = picture.Manifest(job.Batch);
        Violation.Unless(outcome is not null && job.Position < manifest.Count && manifest[job.Position] == sequence, "result", $"job {sequence} ended in batch {job.Batch} without an outcome");
        Violation.Unless(job.State != JobState.Failed || _poison.Contains(sequence) || job.IsOverdue(job.ChangedMs) || CodeOf(outcome!) != VendorFates.Refused, "innocent", $"job {sequence} failed for what another one is refused for");
        if (job.State == JobState.Succeeded)
        {
            Violation.Unless(outcome is { Outcome: Outcome.Succeeded, Requeued: false, Address: not null }, "result", $"job {sequence} succeeded, its outcome is {outcome?.Outcome}");
            Read(sequence, outcome!.Address!.Value);
        }
    }

    private void Read(long sequence, ResultAddress address)
    {
        if (!_read.Add((sequence, address)))
        {
            return;
        }
        var stored = history.Plan.ResultsInStore ? FromStore(address) : history.Disk.ReadAsync(address, CancellationToken.None).GetAwaiter().GetResult();
        Violation.Unless(stored is not null && stored.JobSequence == sequence, "result", $"job {sequence} has no readable result");
        Violation.Unless(stored!.Body.Span.SequenceEqual(VendorItem.AnswerTo(QuestionOf(sequence) ?? 0)), "result", $"job {sequence} has the answer of another one");
    }

    private string? CodeOf(OutcomeRecord outcome) => picture.Store.HashGet(Bytes.Of(picture.Keys.Words("code")), ModelStore.Text(outcome.Code));

    private ArchivedResult? FromStore(ResultAddress address) =>
        picture.Store.Strings.TryGetValue(Bytes.Of(picture.Keys.Frame(address.Segment, address.Offset)), out var frame)
        && Frame.Decode(Bytes.Raw(frame)) is { } results && address.Index < results.Count ? results[address.Index] : null;
}
