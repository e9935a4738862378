using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BatchWorker.Simulator.Faults;
using static BatchWorker.Tests.Simulator.Anthropic.SimulatedAnthropic;

namespace BatchWorker.Tests.Simulator.Anthropic;

internal sealed class MessageLifeTests
{
    private SimulatedAnthropic _anthropic = null!;

    [SetUp]
    public async Task Start() => _anthropic = await StartAsync();

    [TearDown]
    public async Task Stop() => await _anthropic.DisposeAsync();

    [Test]
    public async Task A_new_batch_is_in_progress_and_has_every_member()
    {
        var (_, batch) = await _anthropic.CreateAsync(Body(Requests(2)));
        Assert.That(batch.ToString(), Is.EqualTo(
            $$"""{"id":"{{Id(batch)}}","type":"message_batch","processing_status":"in_progress","request_counts":{{Counts(processing: 2)}},"ended_at":null,"created_at":"2026-11-24T02:00:00.000000Z","expires_at":"2026-11-25T02:00:00.000000Z","archived_at":null,"cancel_initiated_at":null,"results_url":null}"""));
        Assert.That(Id(batch), Does.Match("^msgbatch_01[0-9a-f]{24}$"));
        Assert.That((await _anthropic.BatchAsync(Id(batch))).ToString(), Is.EqualTo(batch.ToString()));
    }

    [Test]
    public async Task Nothing_is_counted_until_all_is_done()
    {
        var id = await _anthropic.SubmitAsync(Requests(4));
        _anthropic.Advance(9.9);
        Assert.That(Counts(await _anthropic.BatchAsync(id)), Is.EqualTo(Counts(processing: 4)));
        Assert.That((await _anthropic.SendAsync(HttpMethod.Get, $"/{id}/results")).Status, Is.EqualTo(404));
        _anthropic.Advance(0.1);
        var ended = await _anthropic.BatchAsync(id);
        Assert.That((Status(ended), Counts(ended), ended.GetProperty("ended_at").GetString()), Is.EqualTo(("ended", Counts(succeeded: 4), "2026-11-24T02:00:10.000000Z")));
        Assert.That(ended.GetProperty("results_url").GetString(), Is.EqualTo($"{_anthropic.Host.AnthropicBaseUrl}/v1/messages/batches/{id}/results"));
    }

    [Test]
    public async Task An_answer_is_a_function_of_the_bytes_of_the_params()
    {
        const string Asked = """{ "model" : "claude-opus-4-5","max_tokens":9,"system":[{"type":"text","text":"12345"}], "messages":[{"role":"user","content":[{"type":"text","text":"mk-a 6"}]},{"role":"assistant","content":"{"}]}""";
        var result = await _anthropic.AskAsync(Asked);
        var echo = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Asked)))[..16];
        Assert.That(Text(result), Is.EqualTo($$"""{"echo":"{{echo}}","marks":["mk-a"],"chars":12}"""));
        var message = result.GetProperty("message");
        Assert.That((message.GetProperty("model").GetString(), message.GetProperty("stop_reason").GetString(), message.GetProperty("role").GetString()), Is.EqualTo(("claude-opus-4-5", "end_turn", "assistant")));
        var output = (Text(result).Length + 3) / 4;
        Assert.That(message.GetProperty("usage").ToString(), Is.EqualTo(
            $$"""{"input_tokens":3,"output_tokens":{{output}},"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_1h_input_tokens":0,"ephemeral_5m_input_tokens":0},"server_tool_use":null,"service_tier":"batch","inference_geo":null,"speed":"standard","output_tokens_details":null}"""));
    }

    [Test]
    public async Task Shares_of_a_prompt_are_read_from_the_cache_and_written_into_it()
    {
        await _anthropic.ConfigureAsync(new { cached_fraction = 0.5, cache_write_fraction = 0.2, cache_write_hour_fraction = 0.6 });
        var usage = (await _anthropic.AskAsync(Params(new string('x', 40)))).GetProperty("message").GetProperty("usage");
        int[] tokens = [.. new[] { "input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens" }.Select(name => usage.GetProperty(name).GetInt32())];
        Assert.That(tokens, Is.EqualTo(new[] { 0, 5, 5 }));
        Assert.That(usage.GetProperty("cache_creation").ToString(), Is.EqualTo("""{"ephemeral_1h_input_tokens":3,"ephemeral_5m_input_tokens":2}"""));
        var item = JsonDocument.Parse(await _anthropic.Http.GetStringAsync("_sim/ledger/items")).RootElement;
        Assert.That(item.GetProperty("input_tokens").GetInt32(), Is.EqualTo(10));
    }

    [Test]
    public async Task Models_may_be_mixed_and_results_come_in_another_order()
    {
        var id = await _anthropic.SubmitAsync(Enumerable.Range(0, 50).Select(i => Request($"job-{i}", $"mk-{i}", i % 2 == 0 ? "claude-haiku-4-5" : "claude-opus-4-5")));
        await _anthropic.EndedAsync(id);
        var results = await _anthropic.ResultsAsync(id);
        var sent = Enumerable.Range(0, 50).Select(i => $"job-{i}").ToList();
        Assert.That(results.Select(CustomId), Is.EquivalentTo(sent).And.Not.EqualTo(sent));
        foreach (var line in results)
        {
            var number = int.Parse(CustomId(line)[4..], System.Globalization.CultureInfo.InvariantCulture);
            var result = line.GetProperty("result");
            Assert.That(Text(result), Does.Contain($"\"mk-{number}\""));
            Assert.That(result.GetProperty("message").GetProperty("model").GetString(), Is.EqualTo(number % 2 == 0 ? "claude-haiku-4-5" : "claude-opus-4-5"));
        }
    }

    [Test]
    public async Task A_canceled_batch_is_canceling_and_ends_as_a_mix()
    {
        var id = await _anthropic.SubmitAsync(Requests(8));
        _anthropic.Advance(2.5);
        var (status, canceling) = await CancelAsync(id);
        Assert.That((status, Status(canceling), Counts(canceling)), Is.EqualTo((200, "canceling", Counts(processing: 8))));
        Assert.That(canceling.GetProperty("cancel_initiated_at").GetString(), Is.EqualTo("2026-11-24T02:00:02.500000Z"));
        _anthropic.Advance(9);
        Assert.That((await CancelAsync(id)).Body.ToString(), Is.EqualTo(canceling.ToString()));
        _anthropic.Advance(1);
        var ended = await _anthropic.BatchAsync(id);
        Assert.That((Status(ended), Counts(ended)), Is.EqualTo(("ended", Counts(succeeded: 2, canceled: 6))));
        Assert.That((await _anthropic.ResultsAsync(id)).CountBy(Type), Is.EquivalentTo(new Dictionary<string, int> { ["succeeded"] = 2, ["canceled"] = 6 }));
        Assert.That(_anthropic.Host.Ledger.Summary().PaidItems, Is.EqualTo(2));
    }

    [TestCase(0, 4, 0)]
    [TestCase(1, 0, 4)]
    public async Task How_much_of_a_canceled_batch_is_done_can_be_told(double fraction, int canceled, int succeeded)
    {
        await _anthropic.ConfigureAsync(new { cancel_fraction = fraction });
        var id = await _anthropic.SubmitAsync(Requests(4));
        _anthropic.Advance(5);
        await CancelAsync(id);
        Assert.That(Counts(await _anthropic.EndedAsync(id)), Is.EqualTo(Counts(canceled: canceled, succeeded: succeeded)));
    }

    [Test]
    public async Task An_ended_batch_is_not_canceled()
    {
        var id = await _anthropic.SubmitAsync(Requests(1));
        var before = await _anthropic.EndedAsync(id);
        var (status, refusal) = await CancelAsync(id);
        Assert.That((status, Error(refusal).Type), Is.EqualTo((400, "invalid_request_error")));
        Assert.That((await _anthropic.BatchAsync(id)).ToString(), Is.EqualTo(before.ToString()));
    }

    [Test]
    public async Task After_24_hours_the_rest_is_expired()
    {
        _anthropic.Host.Faults.Batches.Add(new BatchFate { Phases = new() { ["in_progress"] = 96 * 3_600 } });
        var id = await _anthropic.SubmitAsync(Requests(8));
        _anthropic.Advance((24 * 3_600) - 1);
        Assert.That(Status(await _anthropic.BatchAsync(id)), Is.EqualTo("in_progress"));
        _anthropic.Advance(1);
        var ended = await _anthropic.BatchAsync(id);
        Assert.That((Status(ended), Counts(ended)), Is.EqualTo(("ended", Counts(succeeded: 2, expired: 6))));
        Assert.That((await _anthropic.ResultsAsync(id)).First(line => Type(line) == "expired").GetProperty("result").ToString(), Is.EqualTo("""{"type":"expired"}"""));
    }

    [Test]
    public async Task Only_an_ended_batch_is_deleted_and_then_it_is_gone()
    {
        var id = await _anthropic.SubmitAsync(Requests(1));
        Assert.That((await _anthropic.SendAsync(HttpMethod.Delete, $"/{id}")).Status, Is.EqualTo(400));
        await _anthropic.EndedAsync(id);
        var (status, deleted) = await _anthropic.SendAsync(HttpMethod.Delete, $"/{id}");
        Assert.That((status, deleted.ToString()), Is.EqualTo((200, $$"""{"id":"{{id}}","type":"message_batch_deleted"}""")));
        foreach (var path in new[] { $"/{id}", $"/{id}/results" })
        {
            Assert.That((await _anthropic.SendAsync(HttpMethod.Get, path)).Status, Is.EqualTo(404));
        }
        Assert.That((await _anthropic.SendAsync(HttpMethod.Get, "")).Body.GetProperty("data").GetArrayLength(), Is.Zero);
        Assert.That(_anthropic.Host.Ledger.Summary().PaidItems, Is.EqualTo(1));
    }

    [Test]
    public async Task By_hand_a_batch_waits_for_its_step_and_reset_forgets_it()
    {
        await _anthropic.ControlAsync("config", new { manual = true, anthropic = new { max_requests = 5 } });
        var id = await _anthropic.SubmitAsync(Requests(1));
        Assert.That(Status(await _anthropic.EndedAsync(id)), Is.EqualTo("in_progress"));
        await _anthropic.ControlAsync("advance", new { batch = id });
        Assert.That(Status(await _anthropic.BatchAsync(id)), Is.EqualTo("ended"));
        await _anthropic.ControlAsync("reset", new { });
        Assert.That((await _anthropic.SendAsync(HttpMethod.Get, $"/{id}")).Status, Is.EqualTo(404));
        Assert.That((await _anthropic.ControlAsync("config")).GetProperty("anthropic").GetProperty("max_requests").GetInt32(), Is.EqualTo(100_000));
    }

    private Task<(int Status, JsonElement Body)> CancelAsync(string id) => _anthropic.SendAsync(HttpMethod.Post, $"/{id}/cancel");
}
