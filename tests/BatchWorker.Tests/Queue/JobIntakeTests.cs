using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

internal sealed class JobIntakeTests(StoreKind kind) : RedisFixture(kind)
{
    [Test]
    public async Task A_job_is_stored_as_it_was_given()
    {
        var ledger = NewLedger();
        var job = Job(priority: 7) with
        {
            Metadata = """{"tenant":"acme"}"""u8.ToArray(),
            InputUnits = 3,
            Deadline = LedgerHarness.Start.AddHours(2),
            Idempotency = Mark("k"),
        };
        var id = (await ledger.EnqueueAsync(job))[0];
        var detail = (await ledger.Queries.FindAsync(id))!;
        var view = detail.View;
        Assert.Multiple(() =>
        {
            Assert.That(view.Id, Is.EqualTo(id));
            Assert.That(view.State, Is.EqualTo(JobState.Queued));
            Assert.That(view.Lane, Is.EqualTo(LedgerHarness.Chat));
            Assert.That(detail.Request!.Data.ToArray(), Is.EqualTo(job.Data.ToArray()));
            Assert.That(view.Metadata, Is.EqualTo(job.Metadata.ToArray()));
            Assert.That(view.Record, Has.Property(nameof(JobRecord.Priority)).EqualTo(7).And.Property(nameof(JobRecord.InputUnits)).EqualTo(3));
            Assert.That(view.Record.CreatedMs, Is.EqualTo(LedgerHarness.Start.ToUnixTimeMilliseconds()));
            Assert.That(view.Record.DeadlineMs, Is.EqualTo(job.Deadline!.Value.ToUnixTimeMilliseconds()));
        });
    }

    [Test]
    public async Task A_guessed_id_finds_nothing()
    {
        var ledger = NewLedger();
        var id = (await ledger.EnqueueAsync(1))[0];
        var guessed = new JobId(id.Value with { Tail = id.Value.Tail ^ 1 });
        Assert.That(await ledger.Queries.PeekAsync(guessed), Is.Null);
    }

    [Test]
    public async Task A_key_whose_job_is_lost_is_one_job_again_for_however_many_callers()
    {
        var ledger = NewLedger();
        var job = Job() with { Idempotency = Mark("order-18") };
        var lost = (await ledger.EnqueueAsync(job))[0];
        await ledger.Database.HashDeleteAsync(ledger.Store.Keys.States(JobSlots.BucketOf(lost.Sequence)), JobSlots.SlotOf(lost.Sequence));

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => ledger.Intake.EnqueueAsync([job], allOrNothing: false)));
        var ids = answers.Select(answer => answer.Jobs[0].Id!.Value).Distinct().ToArray();
        Assert.That(ids, Has.Length.EqualTo(1).And.Not.Contains(lost));
        Assert.That(answers.Count(answer => !answer.Jobs[0].Duplicate), Is.EqualTo(1));
    }

    [Test]
    public async Task A_chunk_of_a_thousand_waits_in_the_order_of_the_call()
    {
        var ledger = NewLedger();
        var ids = await ledger.EnqueueAsync(JobIntake.MaxJobs);
        Assert.That(ids.Distinct().Count(), Is.EqualTo(JobIntake.MaxJobs));
        Assert.That((await ledger.PeekAsync()).Select(job => job.Record.IdOf(job.Sequence)), Is.EqualTo(ids));
    }

    [Test]
    public async Task A_caller_that_others_have_overtaken_by_many_buckets_is_accepted()
    {
        var slow = NewLedger();
        await slow.EnqueueAsync(1);
        var fast = slow.Replica("two");
        for (var i = 0; i < 5; i++)
        {
            await fast.EnqueueAsync(1000);
        }
        var id = (await slow.EnqueueAsync(1))[0];
        Assert.That(id.Sequence, Is.EqualTo(5002));
        Assert.That(await slow.Queries.PeekAsync(id), Is.Not.Null);
    }

    [Test]
    public async Task Chunks_of_many_callers_at_once_are_all_accepted_with_numbers_of_their_own()
    {
        var callers = Enumerable.Range(0, 8).Select(i => NewLedger().Replica("r" + i)).ToArray();
        var ids = await Task.WhenAll(callers.SelectMany(ledger => Enumerable.Range(0, 5).Select(_ => ledger.EnqueueAsync(300))));
        Assert.That(ids.SelectMany(id => id).Select(id => id.Sequence).Order(), Is.EqualTo(Enumerable.Range(1, 8 * 5 * 300)));
        Assert.That((await callers[0].Counts.CountAsync()).Total, Is.EqualTo(8 * 5 * 300));
    }

    [Test]
    public async Task The_same_key_with_the_same_job_is_answered_with_the_first_id()
    {
        var ledger = NewLedger();
        var job = Job() with { Idempotency = Mark("order-17") };
        var id = (await ledger.EnqueueAsync(job))[0];
        var again = await ledger.Replica("two").Intake.EnqueueAsync([job, Job()], allOrNothing: true);
        Assert.That(again.Jobs[0], Is.EqualTo(new EnqueuedJob(id, Duplicate: true)));
        Assert.That(again.Jobs[1].Duplicate, Is.False);
        Assert.That((await ledger.Counts.CountAsync()).Total, Is.EqualTo(2));
    }

    [Test]
    public async Task The_same_key_with_another_job_refuses_the_whole_call_and_says_which_one()
    {
        var ledger = NewLedger();
        var id = (await ledger.EnqueueAsync(Job() with { Idempotency = Mark("a") }, Job() with { Idempotency = Mark("b") }))[0];
        var refused = await ledger.Intake.EnqueueAsync(
            [Job(), Job() with { Idempotency = Mark("a") }, Job() with { Idempotency = Mark("b", "other") }], allOrNothing: true);
        Assert.That(refused.Refusal, Is.EqualTo(EnqueueRefusal.Conflict));
        Assert.That(refused.Jobs.Select(job => job.Conflict), Is.EqualTo(new[] { false, false, true }));
        Assert.That(refused.Jobs[1].Id, Is.EqualTo(id));
        Assert.That((await ledger.Counts.CountAsync()).Total, Is.EqualTo(2));
    }

    [Test]
    public async Task The_same_key_with_another_job_fails_that_line_alone_where_each_job_stands_for_itself()
    {
        var ledger = NewLedger();
        await ledger.EnqueueAsync(Job() with { Idempotency = Mark("a") });
        var other = Job() with { Idempotency = Mark("a", "other") };
        var result = await ledger.Intake.EnqueueAsync([Job(), other, other, Job()], allOrNothing: false);
        Assert.That(result.Refusal, Is.EqualTo(EnqueueRefusal.None));
        Assert.That(result.Jobs.Select(job => job.Conflict), Is.EqualTo(new[] { false, true, true, false }));
        Assert.That(result.Jobs.Select(job => job.Duplicate), Is.All.False);
        Assert.That((await ledger.Counts.CountAsync()).Total, Is.EqualTo(3));
    }

    [Test]
    public async Task Twins_in_one_call_become_one_job()
    {
        var ledger = NewLedger();
        var job = Job() with { Idempotency = Mark("a") };
        var result = await ledger.Intake.EnqueueAsync([job, Job(), job], allOrNothing: true);
        Assert.That(result.Jobs[2], Is.EqualTo(new EnqueuedJob(result.Jobs[0].Id, Duplicate: true)));
        Assert.That((await ledger.Counts.CountAsync()).Total, Is.EqualTo(2));
    }

    [Test]
    public async Task Twins_of_different_content_refuse_the_call_or_the_second_of_them()
    {
        var ledger = NewLedger();
        NewJob[] twins = [Job() with { Idempotency = Mark("a") }, Job() with { Idempotency = Mark("a", "other") }];
        var all = await ledger.Intake.EnqueueAsync(twins, allOrNothing: true);
        Assert.That(all.Refusal, Is.EqualTo(EnqueueRefusal.Conflict));
        Assert.That(all.Jobs.Select(job => job.Conflict), Is.EqualTo(new[] { false, true }));
        var each = await ledger.Intake.EnqueueAsync(twins, allOrNothing: false);
        Assert.That(each.Jobs.Select(job => job.Conflict), Is.EqualTo(new[] { false, true }));
        Assert.That((await ledger.Counts.CountAsync()).Total, Is.EqualTo(1));
    }

    [TestCase(7, true)]
    [TestCase(15, false)]
    public async Task A_key_is_remembered_for_its_days_and_forgotten_after_two_periods(int days, bool remembered)
    {
        var ledger = NewLedger();
        var job = Job() with { Idempotency = Mark("a") };
        await ledger.EnqueueAsync(job);
        ledger.Time.Advance(TimeSpan.FromDays(days));
        var again = await ledger.Intake.EnqueueAsync([job], allOrNothing: true);
        Assert.That(again.Jobs[0].Duplicate, Is.EqualTo(remembered));
    }

    [Test]
    public async Task A_full_queue_takes_nothing_of_a_call_that_does_not_fit()
    {
        var ledger = new LedgerHarness(Redis.Connection, Namespace, configure: options => options with { MaxQueued = 10 });
        await ledger.EnqueueAsync(8);
        var refused = await ledger.Intake.EnqueueAsync([Job(), Job(), Job()], allOrNothing: true);
        Assert.That(refused.Refusal, Is.EqualTo(EnqueueRefusal.QueueFull));
        Assert.That((await ledger.Intake.EnqueueAsync([Job(), Job()], allOrNothing: true)).Refusal, Is.EqualTo(EnqueueRefusal.None));
        Assert.That((await ledger.Counts.CountAsync()).Total, Is.EqualTo(10));
    }

    [Test]
    public async Task A_full_queue_still_finds_what_it_knows()
    {
        var ledger = new LedgerHarness(Redis.Connection, Namespace, configure: options => options with { MaxQueued = 1 });
        var job = Job() with { Idempotency = Mark("a") };
        var id = (await ledger.EnqueueAsync(job))[0];
        Assert.That((await ledger.Intake.EnqueueAsync([job], allOrNothing: true)).Jobs[0].Id, Is.EqualTo(id));
    }

    [Test]
    public async Task A_lane_too_many_is_refused_and_known_lanes_go_on()
    {
        var ledger = new LedgerHarness(Redis.Connection, Namespace, configure: options => options with { MaxLanes = 1 });
        await ledger.EnqueueAsync(Job());
        Assert.That((await ledger.Intake.EnqueueAsync([Job(lane: LedgerHarness.Messages)], true)).Refusal, Is.EqualTo(EnqueueRefusal.TooManyLanes));
        Assert.That((await ledger.Intake.EnqueueAsync([Job()], true)).Refusal, Is.EqualTo(EnqueueRefusal.None));
    }

    [Test]
    public async Task Acceptance_times_never_run_backwards()
    {
        var ledger = NewLedger();
        var first = (await ledger.EnqueueAsync(1))[0];
        var behind = new LedgerHarness(Redis.Connection, Namespace, "two", new(LedgerHarness.Start.AddMinutes(-5)));
        var second = (await behind.EnqueueAsync(1))[0];
        Assert.That(second.Value.TimeMs, Is.EqualTo(first.Value.TimeMs));
    }

    [Test]
    public async Task The_clock_of_the_store_is_taken_where_no_other_is_asked_for()
    {
        var ledger = new LedgerHarness(Redis.Connection, Namespace, configure: options => options with { UseProcessClock = false });
        var id = (await ledger.EnqueueAsync(1))[0];
        var now = new DateTimeOffset(await Redis.Server.TimeAsync(), TimeSpan.Zero).ToUnixTimeMilliseconds();
        Assert.That(id.Value.TimeMs, Is.EqualTo(now).Within(60_000));
    }
}
