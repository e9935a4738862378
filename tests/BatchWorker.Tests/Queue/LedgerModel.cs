using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

/// <summary>One step of a walk through the verbs.</summary>
internal abstract record Step
{
    internal sealed record Enqueue(int Jobs, int Priority) : Step;

    /// <summary>Opens a batch, claims the next jobs and takes it to its provider.</summary>
    internal sealed record Claim(int Most) : Step;

    /// <summary>Settles the next places of one of the open batches: 0 succeeded, 1 retried, 2 failed, 3 cancelled, 4 released.</summary>
    internal sealed record Settle(int Batch, int[] Fates) : Step;

    internal sealed record Cancel(int Job) : Step;

    internal sealed record Retry(int Job) : Step;
}

/// <summary>The ledger and what it must hold, moved together.</summary>
internal sealed class LedgerModel(LedgerHarness ledger)
{
    private const int Attempts = 3;
    private readonly List<ModelJob> _jobs = [];
    private readonly List<ModelClaim> _open = [];
    private long _paid;
    private (long Cancelled, long Retried) _byHand;

    public Task TakeAsync(Step step) => step switch
    {
        Step.Enqueue enqueue => EnqueueAsync(enqueue),
        Step.Claim claim => ClaimAsync(claim),
        Step.Settle settle => SettleAsync(settle),
        Step.Cancel cancel => CancelAsync(cancel),
        Step.Retry retry => RetryAsync(retry),
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    /// <summary>Every job, the queue in its order, the counts and the money.</summary>
    public async Task CompareAsync()
    {
        var records = await JobRecords.ReadAsync(ledger.Store, [.. _jobs.Select(job => job.Id.Sequence)]);
        Assert.That(records.Select(record => (record!.State, record.Attempts)), Is.EqualTo(_jobs.Select(job => (job.State, job.Attempts))));
        var queue = _jobs.Where(job => job.State == JobState.Queued).OrderBy(job => JobRecord.Place(job.Priority, job.Id.Sequence)).ToArray();
        Assert.That((await ledger.PeekAsync()).Select(job => job.Sequence), Is.EqualTo(queue.Select(job => job.Id.Sequence)));
        var counts = await ledger.Counts.CountAsync();
        Assert.That((counts.Total, counts.Dead), Is.EqualTo(((long)queue.Length, (long)_jobs.Count(job => job.State == JobState.Failed))));
        Assert.That((long)await ledger.Database.HashGetAsync(ledger.Keys.Meta, LedgerFields.Waiting), Is.EqualTo(queue.Length), "the guard of intake");
        var books = await ledger.Books.ReadAsync();
        Assert.That(books.Sum(day => day.Sum.BatchPico), Is.EqualTo(_paid));
        Assert.That(books.Sum(day => day.Accepted), Is.EqualTo(_jobs.Count));
        Assert.That((books.Sum(day => day.CancelledByHand), books.Sum(day => day.RetriedByHand)), Is.EqualTo(_byHand));
    }

    private async Task EnqueueAsync(Step.Enqueue step)
    {
        var ids = await ledger.EnqueueAsync([.. Enumerable.Range(0, step.Jobs).Select(_ => Job(step.Priority))]);
        _jobs.AddRange(ids.Select(id => new ModelJob(id, step.Priority)));
    }

    private async Task ClaimAsync(Step.Claim step)
    {
        if (_jobs.Any(job => job.State == JobState.Queued))
        {
            var batch = await ledger.Claims.SealAsync(await ledger.ClaimAsync(most: step.Most));
            batch = await ledger.MoveAsync(batch!, BatchState.Submitted, BatchState.Retrieving);
            var manifest = await ledger.Claims.ManifestAsync(batch.Number, 0);
            var jobs = manifest.Select(sequence => _jobs.Single(job => job.Id.Sequence == sequence)).ToArray();
            Array.ForEach(jobs, job => job.State = JobState.Batched);
            _open.Add(new ModelClaim(jobs) { Batch = batch });
        }
    }

    private async Task SettleAsync(Step.Settle step)
    {
        if (_open.Count == 0)
        {
            return;
        }
        var open = _open[step.Batch % _open.Count];
        var places = open.Jobs.Skip(open.Settled).Zip(step.Fates).ToArray();
        var outcomes = Array.ConvertAll(places, place => OutcomeOf(place.First, place.Second) with { Settlement = open.Batch.Settlements + 1 });
        open.Batch = (await ledger.Settlements.SettleAsync(
            open.Batch, [.. places.Index().Select(place => new Settlement(open.Settled + place.Index, place.Item.First.Id.Sequence, outcomes[place.Index]))]))!;
        open.Settled += places.Length;
        foreach (var (i, (job, _)) in places.Index())
        {
            job.Take(outcomes[i]);
            _paid += outcomes[i].BatchPico ?? 0;
        }
        if (open.Settled == open.Jobs.Length)
        {
            await ledger.MoveAsync(open.Batch, BatchState.Completed);
            _open.Remove(open);
        }
    }

    private OutcomeRecord OutcomeOf(ModelJob job, int fate) => fate switch
    {
        0 => ledger.Succeeded(),
        1 when job.Attempts + 1 < Attempts => ledger.Retried(),
        3 => ledger.Ended(Outcome.Cancelled),
        4 => ledger.Released(),
        _ => ledger.Ended(Outcome.Failed),
    };

    private async Task CancelAsync(Step.Cancel step)
    {
        if (_jobs.Count > 0)
        {
            var job = _jobs[step.Job % _jobs.Count];
            var allowed = job.State is JobState.Queued or JobState.Cancelled;
            Assert.That(await ledger.Desk.CancelAsync(job.Id), Is.EqualTo(allowed ? DeskAnswer.Done : DeskAnswer.NotAllowed));
            _byHand.Cancelled += job.State == JobState.Queued ? 1 : 0;
            job.State = allowed ? JobState.Cancelled : job.State;
        }
    }

    private async Task RetryAsync(Step.Retry step)
    {
        if (_jobs.Count > 0)
        {
            var job = _jobs[step.Job % _jobs.Count];
            var allowed = job.State is JobState.Failed or JobState.Cancelled;
            Assert.That(await ledger.Desk.RetryAsync(job.Id), Is.EqualTo(allowed ? DeskAnswer.Done : DeskAnswer.NotAllowed));
            _byHand.Retried += allowed ? 1 : 0;
            (job.State, job.Attempts) = allowed ? (JobState.Queued, 0) : (job.State, job.Attempts);
        }
    }

    private sealed class ModelJob(JobId id, int priority)
    {
        public JobId Id => id;

        public int Priority => priority;

        public JobState State { get; set; } = JobState.Queued;

        public int Attempts { get; set; }

        public void Take(OutcomeRecord outcome)
        {
            Attempts += outcome.Counted ? 1 : 0;
            State = outcome.Requeued ? JobState.Queued
                : outcome.Outcome switch { Outcome.Succeeded => JobState.Succeeded, Outcome.Cancelled => JobState.Cancelled, _ => JobState.Failed };
        }
    }

    private sealed class ModelClaim(ModelJob[] jobs)
    {
        public ModelJob[] Jobs => jobs;

        public required OwnedBatch Batch { get; set; }

        public int Settled { get; set; }
    }
}
