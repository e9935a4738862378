using System.Text.Json;
using BatchWorker.Simulator.Faults;
using static BatchWorker.Tests.Simulator.SimulatedOpenAi;

namespace BatchWorker.Tests.Simulator;

internal sealed class LedgerTests
{
    private SimulatedOpenAi _openAi = null!;

    [SetUp]
    public async Task Start() => _openAi = await StartAsync();

    [TearDown]
    public async Task Stop() => await _openAi.DisposeAsync();

    [Test]
    public async Task A_request_that_is_paid_twice_is_seen()
    {
        await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(10)));
        await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(3)));
        var summary = await SummaryAsync();
        Assert.That((Int(summary, "paid_items"), Int(summary, "paid_custom_ids"), Int(summary, "batches")), Is.EqualTo((13, 10, 2)));
        Assert.That(Sample(summary, "paid_more_than_once"), Is.EquivalentTo(new[] { "job-0", "job-1", "job-2" }));
        Assert.That(Count(summary, "overlap"), Is.Zero);
    }

    [Test]
    public async Task A_request_that_failed_first_is_paid_once()
    {
        _openAi.Host.Faults.Items.Add(new ItemFate { CustomId = "job-0", Tries = 1 });
        await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(2)));
        await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(1)));
        var summary = await SummaryAsync();
        Assert.That((Int(summary, "paid_items"), Count(summary, "paid_more_than_once")), Is.EqualTo((2, 0)));
    }

    [Test]
    public async Task A_request_in_two_running_batches_is_seen_even_when_nothing_is_paid_yet()
    {
        await _openAi.SubmitAsync(Lines(4));
        _openAi.Advance(5);
        await _openAi.SubmitAsync(Lines(2));
        _openAi.Advance(11);
        var summary = await SummaryAsync();
        Assert.That((Sample(summary, "overlap"), Int(summary, "paid_items")), Is.EqualTo((new[] { "job-0", "job-1" }, 0)));
    }

    [TestCase(29, 2)]
    [TestCase(30, 0)]
    public async Task A_batch_overlaps_with_those_that_had_not_ended_when_it_was_created(double seconds, int overlap)
    {
        await _openAi.SubmitAsync(Lines(2));
        _openAi.Advance(seconds);
        await _openAi.SubmitAsync(Lines(2));
        _openAi.Advance(30);
        var summary = await SummaryAsync();
        Assert.That((Count(summary, "overlap"), Count(summary, "paid_more_than_once")), Is.EqualTo((overlap, 2)));
    }

    [Test]
    public async Task A_refused_batch_overlaps_with_nothing()
    {
        await _openAi.SubmitAsync(Lines(2));
        await _openAi.SubmitAsync([.. Lines(2), "bad"]);
        _openAi.Advance(15);
        Assert.That(Count(await SummaryAsync(), "overlap"), Is.Zero);
    }

    [Test]
    public async Task Every_request_of_a_batch_has_its_line_in_the_bill()
    {
        _openAi.Host.Faults.Items.Add(new ItemFate { CustomId = "job-1", Code = ItemFault.RateLimit });
        _openAi.Host.Faults.Batches.Add(new BatchFate { End = BatchEnd.Cancelled, Fraction = 0.5 });
        var id = await _openAi.SubmitAsync(Lines(8));
        await _openAi.SubmitAsync(Lines(1, "other-"));
        await _openAi.FinishedAsync(id);
        var bill = await _openAi.Http.GetStringAsync($"_sim/ledger/items?batch={id}");
        var items = bill.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.That(items.Select(CustomId), Is.EquivalentTo(Enumerable.Range(0, 8).Select(i => $"job-{i}")));
        Assert.That(items.Count(item => item.GetProperty("outcome").GetString() == "not_run"), Is.EqualTo(4));
        Assert.That(items.Where(item => item.GetProperty("paid").GetBoolean()).Select(item => item.GetProperty("outcome").GetString()), Is.All.EqualTo("200").And.Not.Empty);
        Assert.That(items.Where(item => CustomId(item) == "job-1").Select(item => item.GetProperty("outcome").GetString()), Is.All.AnyOf("429", "not_run"));
    }

    [Test]
    public async Task Every_call_is_written_down()
    {
        await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(1)));
        await _openAi.SendAsync(HttpMethod.Get, "batches?limit=500");
        var calls = await _openAi.ControlAsync("ledger/requests?path=/batches");
        Assert.That(
            calls.EnumerateArray().Select(call => $"{call.GetProperty("method")} {call.GetProperty("status")}"),
            Is.EqualTo(new[] { "POST 200", "GET 200", "GET 400" }));
        Assert.That(Int(await SummaryAsync(), "requests"), Is.EqualTo(4));
    }

    [Test]
    public async Task The_bill_of_200_000_requests_takes_little_memory()
    {
        string[] batches = [await SubmitAsync(0), await SubmitAsync(1), await SubmitAsync(2), await SubmitAsync(3)];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var id in batches)
        {
            Assert.That(Counts(await _openAi.FinishedAsync(id)), Is.EqualTo((50_000, 50_000, 0)));
        }
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.That(Int(await SummaryAsync(), "paid_custom_ids"), Is.EqualTo(200_000));
        Assert.That(kept, Is.LessThan(32 << 20));

        Task<string> SubmitAsync(int batch) => _openAi.SubmitAsync(Lines(50_000, $"{batch}-"));
    }

    private Task<JsonElement> SummaryAsync() => _openAi.ControlAsync("ledger/summary");

    private static int Int(JsonElement summary, string member) => summary.GetProperty(member).GetInt32();

    private static int Count(JsonElement summary, string member) => Int(summary.GetProperty(member), "count");

    private static string[] Sample(JsonElement summary, string member) => [.. summary.GetProperty(member).GetProperty("sample").EnumerateArray().Select(id => id.GetString()!)];
}
