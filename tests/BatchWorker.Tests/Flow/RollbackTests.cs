using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using StackExchange.Redis;

namespace BatchWorker.Tests.Flow;

/// <summary>A Redis that goes back in time: a failover to a replica that lagged, or a restored copy.</summary>
internal sealed class RollbackTests
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(900);
    private string _namespace = null!;
    private FlowHarness _flow = null!;

    [SetUp]
    public async Task Start()
    {
        _namespace = SharedRedis.NewNamespace();
        _flow = await FlowHarness.StartAsync(_namespace);
    }

    [TearDown]
    public ValueTask Stop() => _flow.DisposeAsync();

    [Test]
    public async Task A_batch_that_the_store_forgot_is_put_back_and_adopted_and_its_jobs_are_never_sent_again()
    {
        var jobs = await _flow.EnqueueAsync(3);
        var copy = await CopyAsync();
        await _flow.DrainAsync();
        await _flow.StepAsync();
        await RestoreAsync(copy);

        await _flow.StepAsync();
        Assert.That((await NoticeAsync()).LiftedAt, Is.Null);
        Assert.That((await _flow.DrainAsync()).Jobs, Is.Zero, "its jobs are in their batch again");
        await _flow.StepAsync();
        Assert.That((await _flow.BatchAsync(1)).Record.ProviderBatchId, Is.EqualTo(_flow.Provider.Batches[0].Seen.Id));

        await FinishAsync();
        Assert.That((await Task.WhenAll(jobs.Select(_flow.JobAsync))).Select(job => job.View.State), Has.All.EqualTo(JobState.Succeeded));
        Assert.That(_flow.Provider.Creates, Is.EqualTo(1));
    }

    [Test]
    public async Task A_store_that_went_back_to_a_sealed_batch_finds_it_in_doubt()
    {
        await _flow.EnqueueAsync(3);
        await _flow.DrainAsync();
        var copy = await CopyAsync();
        await _flow.StepAsync();
        await RestoreAsync(copy);
        await _flow.StepAsync();
        await FinishAsync();
        Assert.That(((await _flow.BatchAsync(1)).State, _flow.Provider.Creates), Is.EqualTo((BatchState.Completed, 1)));
    }

    [Test]
    public async Task Numbers_that_were_given_and_forgotten_are_not_given_again_though_a_counter_was_written_as_zero()
    {
        Assert.That(await new ResultStoreMark(_flow.Get<LedgerStore>()).AgreeAsync("results", highest: 0), Is.True);
        await _flow.EnqueueAsync(3);
        var copy = await CopyAsync();
        await _flow.DrainAsync();
        await _flow.StepAsync();
        await RestoreAsync(copy);
        await _flow.StepAsync();
        Assert.That(await _flow.Get<BatchLedger>().NextNumberAsync(), Is.GreaterThan(1_000_000));
    }

    [Test]
    public async Task Nothing_is_submitted_before_the_grace_is_over_and_then_everything_is()
    {
        var copy = await CopyAsync();
        await _flow.EnqueueAsync(5);
        await _flow.StepAsync();
        await RestoreAsync(copy);
        await _flow.EnqueueAsync(2);
        await _flow.StepAsync();
        var held = (await _flow.DrainAsync()).Held.Single();
        Assert.That((held.Reason, held.Jobs, _flow.Provider.Creates), Is.EqualTo(("rollback_detected", 2, 0)));

        await _flow.PassAsync(s_grace - TimeSpan.FromSeconds(1));
        Assert.That((await NoticeAsync()).LiftedAt, Is.Null);
        await _flow.PassAsync(TimeSpan.FromSeconds(2));
        Assert.That((await NoticeAsync()).LiftedAt, Is.EqualTo(_flow.Time.GetUtcNow()).Within(TimeSpan.FromSeconds(2)));
        await _flow.DrainAsync();
        await _flow.StepAsync();
        Assert.That(_flow.Provider.Creates, Is.EqualTo(1));
    }

    [Test]
    public async Task A_forgotten_call_that_never_arrived_is_sent_again_once_that_is_proven()
    {
        await _flow.EnqueueAsync(3);
        var copy = await CopyAsync();
        _flow.Provider.CreateFate = call => call == 1 ? (false, new CreateOutcome.Unknown("time-out")) : (true, null);
        await _flow.DrainAsync();
        await _flow.StepAsync();
        await RestoreAsync(copy);
        await _flow.StepAsync();
        await _flow.PassAsync(s_grace, steps: 30);
        Assert.That(_flow.Provider.Creates, Is.EqualTo(1), "within the grace of the doubt");
        await _flow.PassAsync(s_grace, steps: 30);
        Assert.That((_flow.Provider.Creates, _flow.Provider.Batches.Count, (await _flow.BatchAsync(1)).State), Is.EqualTo((2, 1, BatchState.Submitted)));
    }

    [Test]
    public async Task Another_replica_waits_until_the_one_that_sent_the_call_has_put_it_back()
    {
        await _flow.EnqueueAsync(3);
        var copy = await CopyAsync();
        await _flow.DrainAsync();
        await _flow.StepAsync();
        await using var other = await FlowHarness.StartAsync(_namespace, _flow.Time, _flow.Provider, owner: "replica-2");
        await RestoreAsync(copy);
        await _flow.Get<OwnerLease>().TakeAsync();
        await other.Get<OwnerLease>().TakeAsync();
        await _flow.Get<Rollbacks>().RaiseAsync("seen by one");

        _flow.Time.Advance(s_grace * 2);
        await _flow.Get<OwnerLease>().TakeAsync();
        await other.StepAsync();
        await other.StepAsync();
        Assert.That((await other.Get<Rollbacks>().ReadAsync())!.LiftedAt, Is.Null, "the first one lives and has not spoken");
        Assert.That((await other.DrainAsync()).Held.Single().Reason, Is.EqualTo(Rollbacks.Code));
        await _flow.StepAsync();
        await FinishAsync();
        Assert.That(_flow.Provider.Creates, Is.EqualTo(1));
    }

    [Test]
    public async Task A_sealed_batch_that_another_replica_has_taken_over_is_put_back_by_the_one_that_sent_its_call()
    {
        await _flow.EnqueueAsync(3);
        await _flow.DrainAsync();
        var copy = await CopyAsync();
        await _flow.StepAsync();
        await using var other = await FlowHarness.StartAsync(_namespace, _flow.Time, _flow.Provider, owner: "replica-2");
        await RestoreAsync(copy);
        await other.Get<OwnerLease>().TakeAsync();
        await other.Get<Rollbacks>().RaiseAsync("seen by the one that did not send");
        await other.StepAsync();
        _flow.Time.Advance(TimeSpan.FromMinutes(5));
        await other.Get<OwnerLease>().TakeAsync();
        Assert.That(await other.Get<BatchLedger>().OwnAsync(1), Is.Not.Null);

        await _flow.Get<OwnerLease>().TakeAsync();
        await _flow.StepAsync();
        await other.StepAsync();
        await FinishAsync();
        Assert.That(((await _flow.BatchAsync(1)).State, _flow.Provider.Creates), Is.EqualTo((BatchState.Completed, 1)));
    }

    [Test]
    public async Task Jobs_that_another_replica_drained_anew_before_it_noticed_go_back_to_the_call_that_was_sent()
    {
        await _flow.EnqueueAsync(3);
        await using var other = await FlowHarness.StartAsync(_namespace, _flow.Time, _flow.Provider, owner: "replica-2");
        var copy = await CopyAsync();
        await _flow.Get<BatchLedger>().NextNumberAsync();
        await _flow.DrainAsync();
        await _flow.StepAsync();
        await RestoreAsync(copy);
        await other.DrainAsync();
        await _flow.Get<Rollbacks>().RaiseAsync("seen by the one that sent");
        await other.StepAsync();
        Assert.That(_flow.Provider.Creates, Is.EqualTo(1));

        await other.StepAsync();
        await _flow.Get<OwnerLease>().TakeAsync();
        await _flow.StepAsync();
        await other.StepAsync();
        Assert.That(((await _flow.BatchAsync(2)).State, (await _flow.BatchAsync(2)).Claimed), Is.EqualTo((BatchState.Submitted, 3)));
        await FinishAsync(other);
        Assert.That(_flow.Provider.Creates, Is.EqualTo(1));
    }

    [Test]
    public async Task A_replica_that_is_gone_is_waited_for_until_an_operator_speaks()
    {
        await _flow.Get<OwnerLease>().TakeAsync();
        await using var other = await FlowHarness.StartAsync(_namespace, _flow.Time, _flow.Provider, owner: "replica-2");
        await other.Get<Rollbacks>().RaiseAsync("seen by the one that is left");
        for (var minutes = 0; minutes < 60; minutes += 10)
        {
            _flow.Time.Advance(TimeSpan.FromMinutes(10));
            await other.StepAsync();
        }
        Assert.That((await NoticeAsync()).LiftedAt, Is.Null);
        _flow.Time.Advance(TimeSpan.FromDays(1));
        await other.StepAsync();
        await other.StepAsync();
        Assert.That((await NoticeAsync()).LiftedAt, Is.Not.Null);
    }

    [Test]
    public async Task An_operator_may_let_submission_go_on()
    {
        await _flow.Get<Rollbacks>().RaiseAsync("for this test");
        await _flow.EnqueueAsync(1);
        Assert.That(await _flow.Get<Rollbacks>().LiftAsync(), Is.True);
        await _flow.DrainAsync();
        await _flow.StepAsync();
        Assert.That(_flow.Provider.Creates, Is.EqualTo(1));
    }

    [Test]
    public async Task Without_its_line_in_the_journal_nothing_is_submitted()
    {
        await File.WriteAllTextAsync(_flow.JournalPath, "a file where the directory should be");
        await _flow.EnqueueAsync(1);
        await _flow.DrainAsync();
        await _flow.StepAsync();
        var batch = await _flow.BatchAsync(1);
        Assert.That((batch.State, batch.Record.Error!.Code, _flow.Provider.Creates), Is.EqualTo((BatchState.Submitting, "journal_unavailable", 0)));

        File.Delete(_flow.JournalPath);
        await _flow.PassAsync(TimeSpan.FromMinutes(1));
        Assert.That(((await _flow.BatchAsync(1)).State, _flow.Provider.Creates), Is.EqualTo((BatchState.Submitted, 1)));
    }

    private async Task<RollbackNotice> NoticeAsync() => await _flow.Get<Rollbacks>().ReadAsync() ?? throw new AssertionException("Nothing was noticed.");

    /// <summary>The provider answers, and time passes until submission goes on.</summary>
    private async Task FinishAsync(FlowHarness? other = null)
    {
        await _flow.StepAsync();
        foreach (var batch in _flow.Provider.Batches)
        {
            ModelProvider.Move(batch, ProviderPhase.Completed);
        }
        for (var step = 0; step < 10; step++)
        {
            await _flow.PassAsync(s_grace / 5, steps: 1);
            await (other?.StepAsync() ?? Task.CompletedTask);
        }
        Assert.That((await NoticeAsync()).LiftedAt, Is.Not.Null);
    }

    private async Task<IReadOnlyList<(RedisKey Key, byte[] Value)>> CopyAsync()
    {
        var store = await SharedRedis.StoreAsync();
        var copy = new List<(RedisKey, byte[])>();
        await foreach (var key in store.Server.KeysAsync(pattern: $"{{{_namespace}}}:*"))
        {
            copy.Add((key, (await store.Connection.GetDatabase().KeyDumpAsync(key))!));
        }
        return copy;
    }

    private async Task RestoreAsync(IReadOnlyList<(RedisKey Key, byte[] Value)> copy)
    {
        var store = await SharedRedis.StoreAsync();
        var database = store.Connection.GetDatabase();
        await foreach (var key in store.Server.KeysAsync(pattern: $"{{{_namespace}}}:*"))
        {
            await database.KeyDeleteAsync(key);
        }
        foreach (var (key, value) in copy)
        {
            await database.KeyRestoreAsync(key, value);
        }
    }
}
