using System.Text.Json;
using BatchWorker.Simulator.Faults;
using static BatchWorker.Tests.Simulator.Anthropic.SimulatedAnthropic;

namespace BatchWorker.Tests.Simulator.Anthropic;

internal sealed class MessageFaultTests
{
    private SimulatedAnthropic _anthropic = null!;

    [SetUp]
    public async Task Start() => _anthropic = await StartAsync();

    [TearDown]
    public async Task Stop() => await _anthropic.DisposeAsync();

    [TestCase(400, "invalid_request_error")]
    [TestCase(402, "billing_error")]
    [TestCase(403, "permission_error")]
    [TestCase(409, "conflict_error")]
    [TestCase(429, "rate_limit_error")]
    [TestCase(500, "api_error")]
    [TestCase(503, "api_error")]
    [TestCase(504, "timeout_error")]
    [TestCase(529, "overloaded_error")]
    public async Task A_status_is_worded_like_the_provider(int status, string type)
    {
        await FaultAsync("POST", new { type = "status", status });
        using var content = Json(Body(Requests(1)));
        using var response = await _anthropic.Http.PostAsync("anthropic/v1/messages/batches", content);
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.That(((int)response.StatusCode, Error(body).Type), Is.EqualTo((status, type)));
        Assert.That(body.GetProperty("request_id").GetString(), Is.EqualTo(response.Headers.GetValues("request-id").Single()));
        Assert.That(_anthropic.Host.Ledger.Batches, Is.Empty);
    }

    [TestCase("reset_after", 1)]
    [TestCase("reset_before", 0)]
    public async Task A_create_call_without_an_answer_may_have_made_a_batch(string type, int batches)
    {
        await FaultAsync("POST", new { type });
        Assert.That(async () => await _anthropic.SubmitAsync(Requests(2)), Throws.InstanceOf<HttpRequestException>());
        Assert.That((await _anthropic.SendAsync(HttpMethod.Get, "")).Body.GetProperty("data").GetArrayLength(), Is.EqualTo(batches));
        var entry = _anthropic.Host.Ledger.Requests.All()[0];
        Assert.That((entry.Provider, entry.Path, entry.Status, entry.Fault), Is.EqualTo(("anthropic", "/v1/messages/batches", (int?)null, type)));
    }

    [Test]
    public async Task A_create_call_that_is_denied_may_have_made_a_batch()
    {
        await FaultAsync("POST", new { type = "status_after", status = 504 });
        var (status, body) = await _anthropic.CreateAsync(Body(Requests(2)));
        Assert.That((status, Error(body).Type, _anthropic.Host.Ledger.Batches.Count), Is.EqualTo((504, "timeout_error", 1)));
    }

    [Test]
    public async Task Results_can_end_early()
    {
        var id = await _anthropic.SubmitAsync(Requests(20));
        await _anthropic.EndedAsync(id);
        var whole = await _anthropic.Http.GetStringAsync($"anthropic/v1/messages/batches/{id}/results");
        await FaultAsync("GET", new { type = "truncate", bytes = 300, chunked = true });
        Assert.That(await _anthropic.Http.GetStringAsync($"anthropic/v1/messages/batches/{id}/results"), Is.EqualTo(whole[..300]));
    }

    [TestCase("rate_limit", null, "rate_limit_error")]
    [TestCase("server_error", null, "api_error")]
    [TestCase("overloaded", null, "overloaded_error")]
    [TestCase("invalid_request", null, "invalid_request_error")]
    [TestCase("server_error", 504, "timeout_error")]
    [TestCase("invalid_request", 403, "permission_error")]
    public async Task A_request_fails_as_it_is_told(string code, int? status, string type)
    {
        await _anthropic.ControlAsync("items", new { provider = "anthropic", custom_id = "job-1", code, status, message = "told so" });
        var id = await _anthropic.SubmitAsync(Requests(3));
        Assert.That(Counts(await _anthropic.EndedAsync(id)), Is.EqualTo(Counts(succeeded: 2, errored: 1)));
        var failed = (await _anthropic.ResultsAsync(id)).Single(line => CustomId(line) == "job-1");
        Assert.That(failed.GetProperty("result").ToString(), Is.EqualTo(
            $$$"""{"type":"errored","error":{"type":"error","error":{"type":"{{{type}}}","message":"told so","details":null},"request_id":null}}"""));
        Assert.That(_anthropic.Host.Ledger.Summary().PaidItems, Is.EqualTo(2));
    }

    [Test]
    public async Task A_request_can_be_answered_with_a_refusal_that_is_paid()
    {
        await _anthropic.ControlAsync("items", new { mark = "mk-job-1", code = "content_filter" });
        var id = await _anthropic.SubmitAsync(Requests(2));
        Assert.That(Counts(await _anthropic.EndedAsync(id)), Is.EqualTo(Counts(succeeded: 2)));
        var message = (await _anthropic.ResultsAsync(id)).Single(line => CustomId(line) == "job-1").GetProperty("result").GetProperty("message");
        Assert.That((message.GetProperty("stop_reason").GetString(), message.GetProperty("content").GetArrayLength(), message.GetProperty("usage").GetProperty("output_tokens").GetInt32()), Is.EqualTo(("refusal", 0, 0)));
        Assert.That(_anthropic.Host.Ledger.Summary().PaidItems, Is.EqualTo(2));
    }

    [Test]
    public async Task A_request_can_expire_alone_and_succeed_at_its_next_try()
    {
        await _anthropic.ControlAsync("items", new { custom_id = "job-0", code = "expired", tries = 1 });
        var first = await _anthropic.SubmitAsync(Requests(2));
        Assert.That(Counts(await _anthropic.EndedAsync(first)), Is.EqualTo(Counts(succeeded: 1, expired: 1)));
        var second = await _anthropic.SubmitAsync(Requests(1));
        Assert.That(Counts(await _anthropic.EndedAsync(second)), Is.EqualTo(Counts(succeeded: 1)));
    }

    [TestCase(false, "requests.1.params: too hot")]
    [TestCase(true, "requests: too hot")]
    public async Task The_create_call_can_refuse_a_request_by_name_or_without(bool noLine, string message)
    {
        await _anthropic.ControlAsync("items", new { custom_id = "job-1", validation = true, no_line = noLine, message = "too hot" });
        var (status, body) = await _anthropic.CreateAsync(Body(Requests(3)));
        Assert.That((status, Error(body)), Is.EqualTo((400, ("invalid_request_error", message))));
        Assert.That(_anthropic.Host.Ledger.Batches, Is.Empty);
    }

    [TestCase("expired", "ended", 2, 0, 0, 2)]
    [TestCase("cancelled", "ended", 2, 0, 2, 0)]
    [TestCase("failed", "ended", 0, 4, 0, 0)]
    [TestCase("completed", "ended", 2, 2, 0, 0)]
    public async Task A_batch_ends_as_it_is_told(string end, string status, int succeeded, int errored, int canceled, int expired)
    {
        await _anthropic.ControlAsync("batches", new { provider = "anthropic", end, fraction = 0.5, count = 1 });
        var id = await _anthropic.SubmitAsync(Requests(4));
        var batch = await _anthropic.EndedAsync(id);
        Assert.That((Status(batch), Counts(batch)), Is.EqualTo((status, Counts(0, succeeded, errored, canceled, expired))));
        Assert.That(_anthropic.Host.Ledger.Summary().PaidItems, Is.EqualTo(succeeded));
        Assert.That(await _anthropic.ResultsAsync(id), Has.Length.EqualTo(end == "completed" ? 2 : 4));
    }

    [Test]
    public async Task A_batch_that_fails_as_a_whole_says_why_at_every_request()
    {
        await _anthropic.ControlAsync("batches", new { end = "failed", code = "overloaded_error", message = "all gone" });
        var id = await _anthropic.SubmitAsync(Requests(2));
        await _anthropic.EndedAsync(id);
        Assert.That((await _anthropic.ResultsAsync(id)).Select(line => Error(line.GetProperty("result").GetProperty("error"))), Is.All.EqualTo(("overloaded_error", "all gone")));
    }

    [Test]
    public async Task A_batch_with_no_line_at_all_has_empty_results()
    {
        await _anthropic.ControlAsync("batches", new { end = "completed", fraction = 0 });
        var id = await _anthropic.SubmitAsync(Requests(2));
        await _anthropic.EndedAsync(id);
        Assert.That(await _anthropic.Http.GetStringAsync($"anthropic/v1/messages/batches/{id}/results"), Is.Empty);
    }

    [TestCase(LineDamage.Missing, 4, 4)]
    [TestCase(LineDamage.Duplicate, 6, 6)]
    [TestCase(LineDamage.Blank, 6, 5)]
    [TestCase(LineDamage.Corrupt, 5, 4)]
    [TestCase(LineDamage.Truncate, 5, 4)]
    [TestCase(LineDamage.NotObject, 5, 4)]
    public async Task Results_are_damaged_as_told_and_what_was_paid_stays_paid(LineDamage kind, int lines, int objects)
    {
        _anthropic.Host.Faults.Mutations.Add(new LineMutation { Provider = "anthropic", Kind = kind });
        var id = await _anthropic.SubmitAsync(Requests(5));
        await _anthropic.EndedAsync(id);
        var received = await _anthropic.LinesAsync(id);
        Assert.That((received.Length, received.Count(IsObject)), Is.EqualTo((lines, objects)));
        Assert.That(_anthropic.Host.Ledger.Summary().PaidItems, Is.EqualTo(5));
    }

    [Test]
    public async Task A_result_can_name_a_request_that_nobody_sent()
    {
        _anthropic.Host.Faults.Mutations.Add(new LineMutation { Kind = LineDamage.UnknownId, CustomId = "job-2" });
        var id = await _anthropic.SubmitAsync(Requests(4));
        await _anthropic.EndedAsync(id);
        Assert.That((await _anthropic.ResultsAsync(id)).Select(CustomId), Is.EquivalentTo(new[] { "job-0", "job-1", "unknown-job-2", "job-3" }));
    }

    [Test]
    public async Task Rules_for_another_provider_do_nothing()
    {
        await _anthropic.ControlAsync("faults", new { provider = "openai", action = new { type = "garble" } });
        await _anthropic.ControlAsync("batches", new { provider = "openai", end = "expired", fraction = 0 });
        await _anthropic.ControlAsync("items", new { provider = "openai", code = "server_error" });
        await _anthropic.ControlAsync("mutations", new { provider = "openai", kind = "missing" });
        var id = await _anthropic.SubmitAsync(Requests(2));
        Assert.That(Counts(await _anthropic.EndedAsync(id)), Is.EqualTo(Counts(succeeded: 2)));
        Assert.That(await _anthropic.ResultsAsync(id), Has.Length.EqualTo(2));
    }

    private async Task FaultAsync(string method, object action) =>
        await _anthropic.ControlAsync("faults", new { provider = "anthropic", method, path = "^/v1/messages/batches", count = 1, action });

    private static bool IsObject(string line)
    {
        try
        {
            return JsonDocument.Parse(line).RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
