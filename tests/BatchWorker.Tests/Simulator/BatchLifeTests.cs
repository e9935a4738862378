using BatchWorker.Simulator.Faults;
using static BatchWorker.Tests.Simulator.SimulatedOpenAi;

namespace BatchWorker.Tests.Simulator;

internal sealed class BatchLifeTests
{
    private SimulatedOpenAi _openAi = null!;

    [SetUp]
    public async Task Start() => _openAi = await StartAsync();

    [TearDown]
    public async Task Stop() => await _openAi.DisposeAsync();

    [Test]
    public async Task A_batch_passes_its_phases_with_the_clock_and_stamps_each()
    {
        var id = await _openAi.SubmitAsync(Lines(10));
        var seen = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var look = await _openAi.BatchAsync(id);
            seen.Add($"{Status(look)} {Counts(look)}");
            _openAi.Advance(10);
        }
        Assert.That(seen, Is.EqualTo(new[] { "validating (0, 0, 0)", "in_progress (10, 0, 0)", "finalizing (10, 10, 0)", "completed (10, 10, 0)" }));

        var batch = await _openAi.BatchAsync(id);
        var created = batch.GetProperty("created_at").GetInt64();
        long After(string member) => batch.GetProperty(member).GetInt64() - created;
        Assert.That(new[] { After("in_progress_at"), After("finalizing_at"), After("completed_at"), After("expires_at") }, Is.EqualTo(new long[] { 10, 20, 30, 86_400 }));
        Assert.That(batch.GetProperty("error_file_id").GetString(), Is.Null);
        Assert.That(batch.GetProperty("usage").GetProperty("total_tokens").GetInt64(), Is.GreaterThan(0));
    }

    [Test]
    public async Task A_life_that_nobody_watched_is_the_same()
    {
        var watched = await _openAi.SubmitAsync(Lines(3));
        var alone = await _openAi.SubmitAsync(Lines(3));
        for (var i = 0; i < 10; i++)
        {
            _openAi.Advance(5);
            await _openAi.Http.GetAsync($"openai/v1/batches/{watched}");
        }
        foreach (var member in new[] { "status", "in_progress_at", "finalizing_at", "completed_at", "request_counts", "usage" })
        {
            Assert.That((await _openAi.BatchAsync(alone)).GetProperty(member).ToString(), Is.EqualTo((await _openAi.BatchAsync(watched)).GetProperty(member).ToString()), member);
        }
    }

    [Test]
    public async Task Progress_follows_the_clock()
    {
        var id = await _openAi.SubmitAsync(Lines(10));
        _openAi.Advance(14);
        Assert.That(Counts(await _openAi.BatchAsync(id)), Is.EqualTo((10, 4, 0)));
    }

    [Test]
    public async Task A_cancelled_batch_keeps_what_was_done_and_the_rest_is_in_no_file()
    {
        var id = await _openAi.SubmitAsync(Lines(10));
        _openAi.Advance(14);
        var (status, cancelling) = await _openAi.SendAsync(HttpMethod.Post, $"batches/{id}/cancel");
        Assert.That((status, Status(cancelling)), Is.EqualTo((200, "cancelling")));
        var batch = await _openAi.FinishedAsync(id);
        Assert.That((Status(batch), Counts(batch)), Is.EqualTo(("cancelled", (10, 4, 0))));
        Assert.That(await _openAi.LinesAsync(batch), Has.Length.EqualTo(4));
        Assert.That(batch.GetProperty("error_file_id").GetString(), Is.Null);
        Assert.That(_openAi.Host.Ledger.Summary().PaidItems, Is.EqualTo(4));
    }

    [Test]
    public async Task A_batch_cancelled_before_it_ran_costs_nothing()
    {
        var id = await _openAi.SubmitAsync(Lines(10));
        await _openAi.SendAsync(HttpMethod.Post, $"batches/{id}/cancel");
        var batch = await _openAi.FinishedAsync(id);
        Assert.That((Status(batch), batch.GetProperty("output_file_id").GetString()), Is.EqualTo(("cancelled", (string?)null)));
        Assert.That(_openAi.Host.Ledger.Summary().PaidItems, Is.Zero);
    }

    [Test]
    public async Task A_batch_that_has_ended_cannot_be_cancelled()
    {
        var id = await _openAi.SubmitAsync(Lines(1));
        await _openAi.FinishedAsync(id);
        Assert.That((await _openAi.SendAsync(HttpMethod.Post, $"batches/{id}/cancel")).Status, Is.EqualTo(409));
    }

    [Test]
    public async Task A_slow_batch_expires_after_a_day_with_what_was_done()
    {
        _openAi.Host.Faults.Batches.Add(new BatchFate { Phases = new() { ["in_progress"] = 2 * (86_400 - 10) } });
        var id = await _openAi.SubmitAsync(Lines(10));
        _openAi.Advance(86_400);
        var batch = await _openAi.BatchAsync(id);
        Assert.That((Status(batch), Counts(batch)), Is.EqualTo(("expired", (10, 5, 5))));
        Assert.That(batch.GetProperty("expired_at").GetInt64(), Is.EqualTo(batch.GetProperty("expires_at").GetInt64()));
        var left = await _openAi.ResultsAsync(batch, "error_file_id");
        Assert.That(left.Select(line => line.GetProperty("error").GetProperty("code").GetString()), Is.All.EqualTo("batch_expired"));
        var done = await _openAi.ResultsAsync(batch);
        Assert.That(done.Concat(left).Select(CustomId), Is.EquivalentTo(Enumerable.Range(0, 10).Select(i => $"job-{i}")));
    }

    [TestCase(BatchEnd.Completed, "completed", 6, 0)]
    [TestCase(BatchEnd.Expired, "expired", 6, 4)]
    [TestCase(BatchEnd.Cancelled, "cancelled", 6, 0)]
    public async Task A_batch_ends_as_it_is_meant_to(BatchEnd end, string status, int completed, int failed)
    {
        _openAi.Host.Faults.Batches.Add(new BatchFate { End = end, Fraction = 0.6 });
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(10)));
        Assert.That((Status(batch), Counts(batch)), Is.EqualTo((status, (10, completed, failed))));
        Assert.That(_openAi.Host.Ledger.Summary().PaidItems, Is.EqualTo(6));
    }

    [Test]
    public async Task Only_the_second_batch_is_meant_to_fail()
    {
        _openAi.Host.Faults.Batches.Add(new BatchFate { Nth = 2, End = BatchEnd.Failed, Code = "billing_hard_limit_reached", Message = "No money." });
        var first = await _openAi.SubmitAsync(Lines(1));
        var second = await _openAi.SubmitAsync(Lines(1));
        Assert.That(Status(await _openAi.FinishedAsync(first)), Is.EqualTo("completed"));
        var batch = await _openAi.BatchAsync(second);
        Assert.That(Status(batch), Is.EqualTo("failed"));
        Assert.That(batch.GetProperty("errors").GetProperty("data")[0].ToString(), Is.EqualTo("""{"code":"billing_hard_limit_reached","message":"No money.","line":null,"param":null}"""));
    }

    [Test]
    public async Task Results_come_in_another_order_than_requests()
    {
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(100)));
        var ids = (await _openAi.ResultsAsync(batch)).Select(CustomId).ToList();
        Assert.That(ids, Is.Not.EqualTo(Enumerable.Range(0, 100).Select(i => $"job-{i}")));
        Assert.That(ids, Is.EquivalentTo(Enumerable.Range(0, 100).Select(i => $"job-{i}")));
    }
}
