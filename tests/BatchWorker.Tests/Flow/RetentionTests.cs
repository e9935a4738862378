using BatchWorker.Archive;
using BatchWorker.Batching;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Results;
using StackExchange.Redis;

namespace BatchWorker.Tests.Flow;

/// <summary>What goes after its days, in which order, and what stays.</summary>
internal sealed class RetentionTests
{
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(30);
    private static readonly TimeSpan s_fileAge = TimeSpan.FromDays(7);

    [Test]
    public async Task Jobs_batches_segments_and_runs_go_and_the_daily_totals_stay()
    {
        await using var flow = await FlowHarness.StartAsync();
        var id = (await flow.EnqueueAsync(3))[0];
        var run = await EndAsync(flow);
        var segment = (await flow.JobAsync(id)).Outcome!.Address!.Value;
        var totals = (await flow.BatchAsync(1)).Totals;
        var day = DayBook.DayOf(flow.Get<LedgerStore>().NowMs);

        await CleanAsync(flow, s_fileAge);
        await flow.Get<RetentionWorker>().RunOnceAsync(CancellationToken.None);
        Assert.That((await flow.JobAsync(id)).View.State, Is.EqualTo(JobState.Succeeded));

        flow.Time.Advance(s_kept - s_fileAge);
        await flow.Get<RetentionWorker>().RunOnceAsync(CancellationToken.None);
        Assert.That(await flow.Get<JobQueries>().FindAsync(id), Is.Null);
        Assert.That(await flow.Get<BatchLedger>().ReadAsync(1), Is.Null);
        Assert.That(await flow.Get<ISegmentStore>().ReadAsync(segment, CancellationToken.None), Is.Null);
        Assert.That(await flow.Get<RunLedger>().FindAsync(run.Id), Is.Null);
        Assert.That(await LeftAsync(flow, "m:", "o:", "B:", "g:", "R:", "runs", "batches", "dropped", "files", "s:", "x:"), Is.Empty);
        var store = flow.Get<LedgerStore>();
        var sum = DayTotals.Unpack(await store.Database.HashGetAsync(store.Keys.Day(day, 1), LedgerFields.Sum));
        Assert.That((sum.Succeeded, sum.RealtimePico, sum.BatchPico, sum.BatchesCompleted), Is.EqualTo((totals.Succeeded, totals.RealtimePico, totals.BatchPico, 1)), "daily totals stay");
        Assert.That(await store.Database.HashExistsAsync(store.Keys.Day(day, 1), 1), Is.False, "money detail goes");
    }

    [Test]
    public async Task A_providers_batch_is_known_as_ours_until_no_list_shows_it()
    {
        await using var flow = await FlowHarness.StartAsync();
        await flow.EnqueueAsync(1);
        await EndAsync(flow);
        await CleanAsync(flow, s_fileAge);
        var (claims, account, id) = (flow.Get<AccountClaims>(), flow.Provider.Account!, flow.Provider.Batches[0].Seen.Id);
        flow.Time.Advance(s_kept);
        await flow.Get<RetentionWorker>().RunOnceAsync(CancellationToken.None);
        Assert.That(await flow.Get<BatchLedger>().ReadAsync(1), Is.Null);
        Assert.That(await claims.IsBoundAsync(account, id), Is.True, "whoever lists the account must not take it for a stranger's");
        flow.Time.Advance(OldBindings.Kept - s_kept - s_fileAge - TimeSpan.FromDays(1));
        await flow.Get<RetentionWorker>().RunOnceAsync(CancellationToken.None);
        Assert.That(await claims.IsBoundAsync(account, id), Is.True);
        flow.Time.Advance(TimeSpan.FromDays(2));
        await flow.Get<RetentionWorker>().RunOnceAsync(CancellationToken.None);
        Assert.That(await LeftAsync(flow, "bound:", "unbound"), Is.Empty);
    }

    [Test]
    public async Task A_batch_outlives_the_last_of_its_jobs_wherever_that_ended()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(2);
        await SubmitAsync(flow);
        flow.Provider.Batches[0].Lines.Remove(ids[1].ToString());
        ModelProvider.Move(flow.Provider.Batches[0], ProviderPhase.Expired);
        await flow.PassAsync(TimeSpan.FromMinutes(2));
        flow.Time.Advance(TimeSpan.FromDays(20)); // the second try takes its time
        await flow.DrainAsync("carry_over");
        await CompleteAsync(flow, 1);
        await CleanAsync(flow, TimeSpan.FromDays(10));

        flow.Time.Advance(TimeSpan.FromDays(5));
        await flow.Get<RetentionWorker>().RunOnceAsync(CancellationToken.None);
        var job = await flow.JobAsync(ids[1]);
        Assert.That(job.History.Select(line => line.BatchId), Is.EqualTo(new[] { (await flow.BatchAsync(1)).Record.Id, (await flow.BatchAsync(2)).Record.Id }));

        flow.Time.Advance(TimeSpan.FromDays(15));
        await flow.Get<RetentionWorker>().RunOnceAsync(CancellationToken.None);
        Assert.That(await LeftAsync(flow, "m:", "o:", "B:", "g:", "s:", "batches"), Is.Empty);
    }

    [Test]
    public async Task A_batch_that_was_taken_from_sight_is_emptied_by_whoever_looks_next()
    {
        await using var flow = await FlowHarness.StartAsync();
        await flow.EnqueueAsync(3);
        await EndAsync(flow);
        await CleanAsync(flow, s_fileAge);
        flow.Time.Advance(s_kept);
        var before = flow.Time.GetUtcNow() - s_kept;
        await flow.Get<JobRetention>().DropAsync(before);
        Assert.That(await flow.Get<BatchRetention>().DropAsync(before, keepsForFiles: true), Is.EqualTo(1));
        Assert.That(await flow.Get<BatchLedger>().ReadAsync(1), Is.Null);
        Assert.That(await LeftAsync(flow, "m:", "o:", "g:", "dropped"), Has.Length.EqualTo(4));
        await flow.Get<RetentionWorker>().RunOnceAsync(CancellationToken.None);
        Assert.That(await LeftAsync(flow, "m:", "o:", "g:", "dropped"), Is.Empty);
    }

    [Test]
    public async Task Segments_of_readings_that_were_cut_off_go_with_their_batch()
    {
        var segments = new MemorySegments();
        await using var flow = await FlowHarness.StartAsync(segments: segments);
        await flow.EnqueueAsync(3);
        await SubmitAsync(flow);
        flow.Provider.Batches[0].CutAfter = 0;
        await CompleteAsync(flow, 0);
        await flow.PassAsync(TimeSpan.FromMinutes(1));
        Assert.That(segments.Count, Is.EqualTo(2));
        await CleanAsync(flow, s_fileAge);
        flow.Time.Advance(s_kept);
        await flow.Get<RetentionWorker>().RunOnceAsync(CancellationToken.None);
        Assert.That(segments.Count, Is.Zero);
    }

    [Test]
    public async Task The_providers_copies_are_deleted_once_after_their_days()
    {
        await using var flow = await FlowHarness.StartAsync();
        await flow.EnqueueAsync(1);
        await EndAsync(flow);
        await CleanAsync(flow, s_fileAge - TimeSpan.FromMinutes(5));
        Assert.That(flow.Provider.Deleted, Is.Empty);
        await CleanAsync(flow, TimeSpan.FromMinutes(5));
        await CleanAsync(flow, TimeSpan.FromDays(1));
        Assert.That(flow.Provider.Deleted, Is.EqualTo(new[] { new ProviderFiles(flow.Provider.Batches[0].Seen.Id, flow.Provider.Batches[0].Seen.InputFileId) }));
    }

    [Test]
    public async Task A_deletion_that_failed_is_tried_again_and_keeps_the_batch()
    {
        await using var flow = await FlowHarness.StartAsync();
        await flow.EnqueueAsync(1);
        await EndAsync(flow);
        flow.Provider.ReadFailure = () => ModelProvider.Down;
        await CleanAsync(flow, s_kept);
        await flow.Get<RetentionWorker>().RunOnceAsync(CancellationToken.None);
        Assert.That(await flow.Get<BatchLedger>().ReadAsync(1), Is.Not.Null, "it knows what to delete");
        await CleanAsync(flow, TimeSpan.FromMinutes(59));
        Assert.That(flow.Provider.Deleted, Has.Count.EqualTo(1));
        flow.Provider.ReadFailure = () => null;
        await CleanAsync(flow, TimeSpan.FromMinutes(1));
        Assert.That(flow.Provider.Deleted, Has.Count.EqualTo(2));
        await flow.Get<RetentionWorker>().RunOnceAsync(CancellationToken.None);
        Assert.That(await flow.Get<BatchLedger>().ReadAsync(1), Is.Null);
    }

    [Test]
    public async Task Copies_of_another_account_are_left_alone_and_given_up_when_the_provider_has_dropped_them()
    {
        await using var flow = await FlowHarness.StartAsync();
        await flow.EnqueueAsync(1);
        await EndAsync(flow);
        flow.Provider.Account = "another";
        await CleanAsync(flow, TimeSpan.FromDays(42));
        Assert.That(await LeftAsync(flow, "files"), Is.Not.Empty);
        await CleanAsync(flow, TimeSpan.FromDays(1));
        Assert.That(await LeftAsync(flow, "files"), Is.Empty);
        Assert.That(flow.Provider.Deleted, Is.Empty);
    }

    [Test]
    public async Task A_spooled_file_goes_when_its_batch_is_past_its_create_call()
    {
        await using var flow = await FlowHarness.StartAsync();
        await flow.EnqueueAsync(1);
        await SubmitAsync(flow);
        var submitted = flow.SpoolPath((await flow.BatchAsync(1)).Record.Id);
        await flow.EnqueueAsync(1);
        await flow.DrainAsync();
        var sealedOne = flow.SpoolPath((await flow.BatchAsync(2)).Record.Id);
        foreach (var path in new[] { submitted, sealedOne, flow.SpoolPath("batch_unknown") })
        {
            await File.WriteAllTextAsync(path, "left");
        }
        await flow.Get<SpoolWriter>().SweepAsync(flow.Get<BatchLedger>());
        Assert.That(new[] { submitted, sealedOne, flow.SpoolPath("batch_unknown") }.Where(File.Exists), Is.EqualTo(new[] { sealedOne }));
    }

    private static async Task<RunRecord> EndAsync(FlowHarness flow)
    {
        var run = await SubmitAsync(flow);
        await CompleteAsync(flow, 0);
        await flow.StepAsync();
        return run;
    }

    private static async Task<RunRecord> SubmitAsync(FlowHarness flow)
    {
        var run = await flow.DrainAsync();
        await flow.StepAsync();
        return run;
    }

    private static async Task CompleteAsync(FlowHarness flow, int batch)
    {
        await flow.StepAsync();
        ModelProvider.Move(flow.Provider.Batches[batch], ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(1));
    }

    private static async Task CleanAsync(FlowHarness flow, TimeSpan later)
    {
        flow.Time.Advance(later);
        await flow.Get<ProviderFileWorker>().RunOnceAsync(CancellationToken.None);
    }

    private static async Task<string[]> LeftAsync(FlowHarness flow, params string[] kinds)
    {
        var prefix = $"{{{flow.Get<LedgerStore>().Options.Namespace}}}:";
        var left = new List<string>();
        await foreach (var key in flow.Get<IConnectionMultiplexer>().GetServers()[0].KeysAsync(pattern: prefix + "*"))
        {
            if (kinds.Any(kind => key.ToString()[prefix.Length..].StartsWith(kind, StringComparison.Ordinal)))
            {
                left.Add(key.ToString());
            }
        }
        return [.. left];
    }
}
