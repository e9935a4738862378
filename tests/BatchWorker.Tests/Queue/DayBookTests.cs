using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Queue;

internal sealed class DayBookTests(StoreKind kind) : RedisFixture(kind)
{
    private static readonly DateOnly s_start = DateOnly.FromDateTime(LedgerHarness.Start.UtcDateTime);
    private LedgerHarness _ledger = null!;

    [SetUp]
    public void NewBooks() => _ledger = NewLedger();

    [Test]
    public async Task Jobs_are_counted_on_the_day_of_their_acceptance_and_in_their_lane()
    {
        await _ledger.EnqueueAsync(3);
        await _ledger.EnqueueAsync(Job(lane: LedgerHarness.Messages));
        _ledger.Time.Advance(TimeSpan.FromDays(1));
        await _ledger.EnqueueAsync(300);
        Assert.That((await _ledger.Books.ReadAsync()).Select(day => (day.Date, day.Lane, day.Accepted)), Is.EquivalentTo(new[]
        {
            (s_start, LedgerHarness.Chat, 3L), (s_start, LedgerHarness.Messages, 1L), (s_start.AddDays(1), LedgerHarness.Chat, 300L),
        }));
    }

    [Test]
    public async Task Replicas_that_count_at_once_count_every_job_once()
    {
        await _ledger.EnqueueAsync(1000);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
        {
            var replica = _ledger.Replica($"replica {i}");
            await replica.EnqueueAsync(50);
            await replica.Books.ReadAsync();
        }));
        Assert.That((await _ledger.Books.ReadAsync()).Sum(day => day.Accepted), Is.EqualTo(1300));
    }

    [Test]
    public async Task Batches_of_a_lane_that_settle_at_once_all_get_into_the_sum_of_their_day()
    {
        await _ledger.EnqueueAsync(60);
        var batches = new List<OwnedBatch>();
        for (var i = 0; i < 6; i++)
        {
            batches.Add(await _ledger.ClaimAsync(most: 10));
        }
        var settled = await Task.WhenAll(batches.Select(batch => _ledger.SettleAsync(batch, [.. Enumerable.Repeat(_ledger.Succeeded(), 10)])));
        var sum = (await _ledger.Books.ReadAsync()).Single().Sum;
        Assert.That(settled.Select(batch => batch!.Totals.BatchPico), Is.All.EqualTo(10_000));
        Assert.That((sum.Succeeded, sum.RealtimePico, sum.BatchPico), Is.EqualTo((60, 120_000L, 60_000L)));
    }

    [Test]
    public async Task A_batch_is_counted_when_it_is_submitted_and_when_it_ends_and_not_again_after_a_doubt()
    {
        await _ledger.EnqueueAsync(1);
        var batch = await _ledger.MoveAsync(await _ledger.ClaimAsync(), BatchState.Submitting, BatchState.Submitted, BatchState.InDoubt, BatchState.Submitted, BatchState.Retrieving);
        batch = (await _ledger.SettleAsync(batch, _ledger.Ended(Outcome.Expired)))!;
        await _ledger.MoveAsync(batch, BatchState.Expired);
        var day = (await _ledger.Books.ReadAsync()).Single();
        Assert.That((day.Sum.BatchesSubmitted, day.Sum.BatchesExpired, day.Failed), Is.EqualTo((1, 1, 1L)));
        Assert.That(await new EndedBatches(_ledger.Store).SinceAsync(_ledger.Store.Now.AddHours(-1)), Is.EqualTo(new[] { BatchState.Expired }));
    }

    [Test]
    public async Task What_happens_outside_batches_is_counted_too()
    {
        var ids = await _ledger.EnqueueAsync(Job(), Job(), Job() with { Deadline = LedgerHarness.Start.AddMinutes(1) });
        await _ledger.Desk.CancelAsync(ids[0]);
        await _ledger.Desk.CancelAsync(ids[0]);
        await _ledger.Desk.CancelAsync(ids[1]);
        await _ledger.Desk.RetryAsync(ids[1]);
        _ledger.Time.Advance(TimeSpan.FromMinutes(2));
        await _ledger.Desk.ComeDueAsync();
        var day = (await _ledger.Books.ReadAsync()).Single();
        Assert.That((day.Cancelled, day.Retried, day.Failed, day.Succeeded), Is.EqualTo((2L, 1L, 1L, 0L)));
    }

    [Test]
    public async Task How_long_jobs_took_is_kept_as_a_histogram()
    {
        await _ledger.EnqueueAsync(2);
        var batch = await _ledger.ClaimAsync();
        _ledger.Time.Advance(TimeSpan.FromHours(10));
        await _ledger.SettleAsync(batch, _ledger.Succeeded(), _ledger.Ended(Outcome.Failed));
        var waits = (await _ledger.Books.ReadAsync()).Single().Sum.Waits;
        Assert.That(waits![1], Is.EqualTo(1), "of succeeded jobs");
        Assert.That(WaitHistogram.Quantile(waits, 0.5), Is.EqualTo(36_000_000).Within(4.5).Percent);
    }

    [Test]
    public async Task Costs_are_added_up_by_the_values_of_the_configured_metadata_keys_within_bounds()
    {
        _ledger = new LedgerHarness(Redis.Connection, Namespace, configure: options => options with { CostKeys = ["tenant", "campaign"] });
        const int tenants = ValueSums.MostValues + 20;
        await _ledger.EnqueueAsync([.. Enumerable.Range(0, tenants).Select(i => Job() with { Metadata = Encoding.UTF8.GetBytes($$"""{"tenant":"t{{i:D3}}","note":"x"}""") })]);
        await _ledger.EnqueueAsync(Job() with { Metadata = """{"tenant":"t000"}"""u8.ToArray() });
        await _ledger.EnqueueAsync(1);
        var batch = await _ledger.ClaimAsync();
        var half = await SettlePartAsync(batch, 0, 60);
        await SettlePartAsync(half, 60, tenants + 2 - 60);

        var values = (await _ledger.Books.ReadValuesAsync(s_start, s_start)).All.ToDictionary(sum => sum.Value, sum => sum.Totals);
        Assert.That(values, Has.Count.EqualTo(ValueSums.MostValues + 1));
        Assert.That(values["t000"], Is.EqualTo(new ValueTotals(2, 0, 4_000, 2_000)));
        Assert.That(values[ValueSums.Other].Jobs, Is.EqualTo(20));
        Assert.That(values.Values.Sum(sum => sum.BatchPico), Is.EqualTo((tenants + 1) * 1_000L), "the job without the key is in none");
    }

    private async Task<OwnedBatch> SettlePartAsync(OwnedBatch batch, int from, int count)
    {
        var manifest = await _ledger.Claims.ManifestAsync(batch.Number, 0);
        return (await _ledger.Settlements.SettleAsync(batch, [.. Enumerable.Range(from, count).Select(i => new Settlement(i, manifest[i], _ledger.Succeeded() with { Settlement = batch.Settlements + 1 }))]))!;
    }
}
