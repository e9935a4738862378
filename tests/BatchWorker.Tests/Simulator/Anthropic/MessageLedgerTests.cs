using System.Text.Json;
using BatchWorker.Simulator.Faults;
using static BatchWorker.Tests.Simulator.Anthropic.SimulatedAnthropic;

namespace BatchWorker.Tests.Simulator.Anthropic;

internal sealed class MessageLedgerTests
{
    private SimulatedAnthropic _anthropic = null!;

    [SetUp]
    public async Task Start() => _anthropic = await StartAsync();

    [TearDown]
    public async Task Stop() => await _anthropic.DisposeAsync();

    [Test]
    public async Task Requests_of_two_batches_at_the_same_time_are_seen_and_so_is_what_is_paid_twice()
    {
        await _anthropic.SubmitAsync(Requests(4));
        await _anthropic.SubmitAsync(Requests(2));
        var summary = await SummaryAsync();
        Assert.That((Sample(summary, "overlap"), Int(summary, "paid_items")), Is.EqualTo((new[] { "job-0", "job-1" }, 0)));
        _anthropic.Advance(10);
        summary = await SummaryAsync();
        Assert.That((Int(summary, "paid_items"), Int(summary, "paid_custom_ids"), Int(summary, "paid_bodies")), Is.EqualTo((6, 4, 4)));
        Assert.That(Sample(summary, "paid_more_than_once"), Is.EquivalentTo(new[] { "job-0", "job-1" }));
    }

    [TestCase(9, 1)]
    [TestCase(10, 0)]
    public async Task A_batch_overlaps_with_those_that_had_not_ended_when_it_was_created(double seconds, int overlap)
    {
        await _anthropic.SubmitAsync(Requests(1));
        _anthropic.Advance(seconds);
        await _anthropic.SubmitAsync(Requests(1));
        Assert.That(Int((await SummaryAsync()).GetProperty("overlap"), "count"), Is.EqualTo(overlap));
    }

    [Test]
    public async Task Every_batch_has_its_line_in_the_bill()
    {
        var first = await _anthropic.SubmitAsync(Requests(2));
        _anthropic.Host.Faults.Batches.Add(new BatchFate { End = BatchEnd.Cancelled, Fraction = 0.5 });
        await _anthropic.SubmitAsync([Request("a"), Request("b", model: "claude-opus-4-5")]);
        _anthropic.Advance(20);
        var batches = await _anthropic.ControlAsync("ledger/batches");
        Assert.That(
            batches.EnumerateArray().Select(batch => $"{batch.GetProperty("provider")} {batch.GetProperty("endpoint")} {batch.GetProperty("model")} {batch.GetProperty("status")} {batch.GetProperty("items")} {batch.GetProperty("paid")}"),
            Is.EqualTo(new[] { $"anthropic /v1/messages {Model} ended 2 2", "anthropic /v1/messages  ended 2 1" }));
        Assert.That(batches[0].GetProperty("id").GetString(), Is.EqualTo(first));
    }

    [Test]
    public async Task Every_request_has_its_line_in_the_bill()
    {
        _anthropic.Host.Faults.Items.Add(new ItemFate { CustomId = "job-1", Code = ItemFault.Overloaded });
        _anthropic.Host.Faults.Items.Add(new ItemFate { CustomId = "job-2", Code = ItemFault.Expired });
        var id = await _anthropic.SubmitAsync([.. Requests(4), """{"custom_id":"bad","params":{}}"""]);
        _anthropic.Advance(20);
        var bill = await _anthropic.Http.GetStringAsync($"_sim/ledger/items?batch={id}");
        var items = bill.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement);
        Assert.That(
            items.Select(item => $"{CustomId(item)} {item.GetProperty("outcome")} {item.GetProperty("paid")}"),
            Is.EquivalentTo(new[] { "job-0 200 True", "job-1 529 False", "job-2 expired False", "job-3 200 True", "bad 400 False" }));
    }

    [Test]
    public async Task Requests_that_nobody_came_to_are_not_paid()
    {
        await _anthropic.ConfigureAsync(new { cancel_fraction = 0 });
        var id = await _anthropic.SubmitAsync(Requests(3));
        await _anthropic.SendAsync(HttpMethod.Post, $"/{id}/cancel");
        _anthropic.Advance(10);
        var bill = await _anthropic.Http.GetStringAsync($"_sim/ledger/items?batch={id}");
        Assert.That(bill.TrimEnd().Split('\n'), Has.Length.EqualTo(3).And.All.Contains("\"not_run\",\"paid\":false"));
    }

    private Task<JsonElement> SummaryAsync() => _anthropic.ControlAsync("ledger/summary");

    private static int Int(JsonElement summary, string member) => summary.GetProperty(member).GetInt32();

    private static string[] Sample(JsonElement summary, string member) => [.. summary.GetProperty(member).GetProperty("sample").EnumerateArray().Select(id => id.GetString()!)];
}
