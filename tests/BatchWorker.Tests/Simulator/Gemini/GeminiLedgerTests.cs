using System.Text.Json;
using BatchWorker.Simulator.Faults;
using static BatchWorker.Tests.Simulator.Gemini.SimulatedGemini;

namespace BatchWorker.Tests.Simulator.Gemini;

internal sealed class GeminiLedgerTests
{
    private SimulatedGemini _gemini = null!;

    [SetUp]
    public async Task Start() => _gemini = await StartAsync();

    [TearDown]
    public async Task Stop() => await _gemini.DisposeAsync();

    [Test]
    public async Task A_batch_is_in_the_ledger_from_its_creation_to_its_end()
    {
        var name = await _gemini.SubmitAsync(Lines(4));
        Assert.That(await EntryAsync(), Is.EqualTo($"gemini {name} batchGenerateContent {Model} pending 4 0"));
        await _gemini.FinishedAsync(name);
        Assert.That(await EntryAsync(), Is.EqualTo($"gemini {name} batchGenerateContent {Model} succeeded 4 4"));
    }

    [Test]
    public async Task Every_request_of_a_batch_has_its_line_in_the_bill()
    {
        _gemini.Host.Faults.Items.Add(new ItemFate { CustomId = "job-1", Code = ItemFault.Overloaded });
        var name = await _gemini.SubmitAsync(Lines(8));
        await _gemini.SubmitAsync(Lines(1, "other-"));
        await _gemini.FinishedAsync(name);
        var items = await ItemsAsync(name);
        Assert.That(items.Select(item => item.GetProperty("custom_id").GetString()), Is.EquivalentTo(Enumerable.Range(0, 8).Select(i => $"job-{i}")));
        Assert.That(items.Where(item => !item.GetProperty("paid").GetBoolean()).Select(item => item.GetProperty("outcome").GetString()), Is.EqualTo(new[] { "503" }));
    }

    [TestCase(BatchEnd.Expired, "expired")]
    [TestCase(BatchEnd.Cancelled, "not_run")]
    public async Task A_batch_without_results_is_not_billed_and_its_requests_are_free_again(BatchEnd end, string outcome)
    {
        _gemini.Host.Faults.Batches.Add(new BatchFate { End = end, Count = 1 });
        var name = await _gemini.SubmitAsync(Lines(3));
        _gemini.Advance(30);
        Assert.That((await ItemsAsync(name)).Select(item => item.GetProperty("outcome").GetString()), Is.EqualTo(Enumerable.Repeat(outcome, 3)));
        await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(3)));
        var summary = _gemini.Host.Ledger.Summary();
        Assert.That((summary.PaidItems, summary.PaidMoreThanOnce.Count, summary.Overlap.Count), Is.EqualTo((3L, 0, 0)));
    }

    [Test]
    public async Task Requests_inside_a_call_are_known_by_the_key_in_their_metadata_and_without_one_by_themselves()
    {
        var name = await _gemini.CreatedAsync(Inside(new { request = Request("a"), metadata = new { key = "k-1" } }, new { request = Request("b") }, new { request = Request("c"), metadata = new { key = 7 } }));
        await _gemini.FinishedAsync(name);
        var ids = (await ItemsAsync(name)).Select(item => item.GetProperty("custom_id").GetString()!).Order(StringComparer.Ordinal).ToList();
        Assert.That(ids, Has.Count.EqualTo(3).And.Exactly(2).StartsWith("keyless-").And.Exactly(1).EqualTo("k-1").And.Unique);
        Assert.That(_gemini.Host.Ledger.Summary().Overlap.Count, Is.Zero);
    }

    [Test]
    public async Task Every_call_is_written_down()
    {
        await _gemini.SubmitAsync(Lines(1));
        await _gemini.SendAsync(HttpMethod.Get, "v1beta/batches/nowhere");
        var calls = await _gemini.ControlAsync("ledger/requests?provider=gemini");
        Assert.That(
            calls.EnumerateArray().Select(call => $"{call.GetProperty("method").GetString()} {call.GetProperty("path").GetString()!.Split('?')[0]} {call.GetProperty("status")}"),
            Is.EqualTo(new[] { "POST /upload/v1beta/files 200", "POST /upload/v1beta/files 200", $"POST /v1beta/models/{Model}:batchGenerateContent 200", "GET /v1beta/batches/nowhere 404" }));
    }

    [Test]
    public async Task Reset_forgets_everything()
    {
        await _gemini.ControlAsync("config", new { gemini = new { state_prefix = "X_" } });
        var name = await _gemini.SubmitAsync(Lines(1));
        var url = await _gemini.UploadUrlAsync();
        await _gemini.ControlAsync("reset", new { });
        Assert.That((await _gemini.SendAsync(HttpMethod.Get, $"v1beta/{name}")).Status, Is.EqualTo(404));
        Assert.That((await _gemini.SendAsync(HttpMethod.Get, "v1beta/files")).Body.ToString(), Is.EqualTo("{}"));
        using var upload = await _gemini.ChunkAsync(url, "query");
        Assert.That((int)upload.StatusCode, Is.EqualTo(404));
        Assert.That(_gemini.Host.Gemini.Files.Directory.EnumerateFiles(), Is.Empty);
        Assert.That(State(await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(1)))), Is.EqualTo("BATCH_STATE_SUCCEEDED"));
    }

    [Test]
    public async Task Two_simulators_with_one_seed_say_the_same()
    {
        await using var other = await StartAsync();
        string[] results = [await SayAsync(_gemini), await SayAsync(other)];
        Assert.That(results[1], Is.EqualTo(results[0]));

        static async Task<string> SayAsync(SimulatedGemini gemini)
        {
            var batch = await gemini.FinishedAsync(await gemini.SubmitAsync(Lines(50)));
            return batch + string.Concat(await gemini.LinesAsync(batch));
        }
    }

    private async Task<string> EntryAsync()
    {
        var entry = (await _gemini.ControlAsync("ledger/batches")).EnumerateArray().Single();
        return string.Join(' ', new[] { "provider", "id", "endpoint", "model", "status", "items", "paid" }.Select(member => entry.GetProperty(member).ToString()));
    }

    private async Task<List<JsonElement>> ItemsAsync(string name)
    {
        var bill = await _gemini.Http.GetStringAsync($"_sim/ledger/items?batch={Uri.EscapeDataString(name)}");
        return [.. bill.TrimEnd().Split('\n').Select(line => JsonElement.Parse(line))];
    }
}
