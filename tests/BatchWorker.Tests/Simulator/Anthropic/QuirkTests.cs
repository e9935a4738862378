using System.Net;
using static BatchWorker.Tests.Simulator.Anthropic.SimulatedAnthropic;

namespace BatchWorker.Tests.Simulator.Anthropic;

/// <summary>What was seen in the wild and is easily forgotten.</summary>
internal sealed class QuirkTests
{
    private SimulatedAnthropic _anthropic = null!;

    [SetUp]
    public async Task Start() => _anthropic = await StartAsync();

    [TearDown]
    public async Task Stop() => await _anthropic.DisposeAsync();

    [Test]
    public async Task A_new_batch_may_not_be_found_for_a_while()
    {
        await _anthropic.ConfigureAsync(new { not_found_after_create = 5 });
        var id = await _anthropic.SubmitAsync(Requests(1));
        _anthropic.Advance(4);
        var (status, body) = await _anthropic.SendAsync(HttpMethod.Get, $"/{id}");
        Assert.That((status, Error(body).Type), Is.EqualTo((404, "not_found_error")));
        Assert.That((await _anthropic.SendAsync(HttpMethod.Post, $"/{id}/cancel")).Status, Is.EqualTo(404));
        Assert.That((await _anthropic.SendAsync(HttpMethod.Get, "")).Body.GetProperty("data").GetArrayLength(), Is.EqualTo(1));
        _anthropic.Advance(1);
        Assert.That(Id(await _anthropic.BatchAsync(id)), Is.EqualTo(id));
    }

    [Test]
    public async Task Results_may_not_be_found_for_a_while_although_the_batch_has_ended()
    {
        await _anthropic.ConfigureAsync(new { not_found_after_end = 5 });
        var id = await _anthropic.SubmitAsync(Requests(1));
        _anthropic.Advance(14);
        Assert.That(Status(await _anthropic.BatchAsync(id)), Is.EqualTo("ended"));
        Assert.That((await _anthropic.SendAsync(HttpMethod.Get, $"/{id}/results")).Status, Is.EqualTo(404));
        _anthropic.Advance(1);
        Assert.That(await _anthropic.ResultsAsync(id), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Results_have_a_content_type_or_none()
    {
        var id = await _anthropic.SubmitAsync(Requests(1));
        await _anthropic.EndedAsync(id);
        Assert.That(await ContentTypeAsync(id), Is.EqualTo("application/x-jsonl"));
        await _anthropic.ConfigureAsync(new { results_content_type = (string?)null });
        Assert.That(await ContentTypeAsync(id), Is.Null);
    }

    [Test]
    public async Task The_url_of_results_may_name_another_host()
    {
        await _anthropic.ConfigureAsync(new { results_base_url = "https://api.example.com" });
        var id = await _anthropic.SubmitAsync(Requests(1));
        Assert.That((await _anthropic.EndedAsync(id)).GetProperty("results_url").GetString(), Is.EqualTo($"https://api.example.com/v1/messages/batches/{id}/results"));
    }

    [Test]
    public async Task Results_are_gone_29_days_after_the_creation()
    {
        var id = await _anthropic.SubmitAsync(Requests(1));
        _anthropic.Advance((29 * 86_400) - 1);
        Assert.That((await _anthropic.BatchAsync(id)).GetProperty("archived_at").GetString(), Is.Null);
        Assert.That(await _anthropic.ResultsAsync(id), Has.Length.EqualTo(1));
        _anthropic.Advance(1);
        Assert.That((await _anthropic.BatchAsync(id)).GetProperty("archived_at").GetString(), Is.EqualTo("2026-12-23T02:00:00.000000Z"));
        var (status, body) = await _anthropic.SendAsync(HttpMethod.Get, $"/{id}/results");
        Assert.That((status, Error(body).Type), Is.EqualTo((404, "not_found_error")));
    }

    [TestCase(0, HttpStatusCode.OK)]
    [TestCase(1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_that_is_too_large_is_answered_with_a_page_of_html(int more, HttpStatusCode expected)
    {
        var body = Body(Requests(100));
        await _anthropic.ConfigureAsync(new { max_body_bytes = body.Length - more });
        using var content = Json(body);
        using var response = await _anthropic.Http.PostAsync("anthropic/v1/messages/batches", content);
        Assert.That(response.StatusCode, Is.EqualTo(expected));
        var isPage = response.Content.Headers.ContentType!.MediaType == "text/html" && !response.Headers.Contains("request-id");
        Assert.That(isPage, Is.EqualTo(more > 0));
        Assert.That(_anthropic.Host.Ledger.Batches, Has.Count.EqualTo(1 - more));
    }

    [Test]
    public async Task More_requests_than_the_queue_holds_are_refused_until_others_are_done()
    {
        await _anthropic.ConfigureAsync(new { max_queued_requests = 5 });
        await _anthropic.SubmitAsync(Requests(3));
        using (var refused = await PostAsync(3))
        {
            Assert.That((refused.StatusCode, refused.Headers.RetryAfter!.Delta), Is.EqualTo((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(60))));
            Assert.That(await refused.Content.ReadAsStringAsync(), Does.Contain("\"type\":\"rate_limit_error\""));
        }
        await _anthropic.ConfigureAsync(new { queue_retry_after = (int?)null });
        using (var refused = await PostAsync(3))
        {
            Assert.That((refused.StatusCode, refused.Headers.RetryAfter), Is.EqualTo((HttpStatusCode.TooManyRequests, default(System.Net.Http.Headers.RetryConditionHeaderValue))));
        }
        await _anthropic.SubmitAsync(Requests(2));
        _anthropic.Advance(10);
        await _anthropic.SubmitAsync(Requests(5));
    }

    [Test]
    public async Task A_spend_limit_refuses_without_saying_when_to_come_back()
    {
        await _anthropic.ConfigureAsync(new { spend_limit_reached = true });
        using var refused = await PostAsync(1);
        Assert.That((refused.StatusCode, refused.Headers.RetryAfter), Is.EqualTo((HttpStatusCode.TooManyRequests, default(System.Net.Http.Headers.RetryConditionHeaderValue))));
        Assert.That(await refused.Content.ReadAsStringAsync(), Does.Contain("\"details\":{\"error_code\":\"enforced_spend_limit_reached\"}"));
        Assert.That((await _anthropic.SendAsync(HttpMethod.Get, "")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task More_calls_than_a_minute_allows_are_refused_until_it_has_passed()
    {
        await _anthropic.ConfigureAsync(new { requests_per_minute = 2 });
        await _anthropic.SendAsync(HttpMethod.Get, "");
        _anthropic.Advance(20);
        await _anthropic.SendAsync(HttpMethod.Get, "");
        using (var refused = await _anthropic.Http.GetAsync("anthropic/v1/messages/batches"))
        {
            Assert.That((refused.StatusCode, refused.Headers.RetryAfter!.Delta), Is.EqualTo((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(40))));
        }
        _anthropic.Advance(40);
        Assert.That((await _anthropic.SendAsync(HttpMethod.Get, "")).Status, Is.EqualTo(200));
    }

    [TestCase("x-api-key", Key, UsualVersion, 200)]
    [TestCase("Authorization", $"Bearer {Key}", UsualVersion, 200)]
    [TestCase("x-api-key", Key, "2026-10-21", 200)]
    [TestCase("x-api-key", "sk-ant-other", UsualVersion, 401)]
    [TestCase("Authorization", $"Basic {Key}", UsualVersion, 401)]
    [TestCase("x-other", Key, UsualVersion, 401)]
    [TestCase("x-api-key", Key, null, 400)]
    [TestCase("x-api-key", Key, "2024-01-01", 400)]
    public async Task A_call_needs_a_known_key_and_a_known_version(string header, string key, string? version, int expected)
    {
        using var stranger = new HttpClient { BaseAddress = _anthropic.Host.Address };
        stranger.DefaultRequestHeaders.TryAddWithoutValidation(header, key);
        stranger.DefaultRequestHeaders.TryAddWithoutValidation("anthropic-version", version);
        using var response = await stranger.GetAsync("anthropic/v1/messages/batches");
        var body = await response.Content.ReadAsStringAsync();
        Assert.That((int)response.StatusCode, Is.EqualTo(expected), body);
        Assert.That(body, expected == 401 ? Does.Contain("authentication_error") : expected == 400 ? Does.Contain("invalid_request_error") : Does.Contain("has_more"));
    }

    [Test]
    public async Task An_unknown_batch_and_an_unknown_path_are_not_found()
    {
        Assert.That((await _anthropic.SendAsync(HttpMethod.Get, "/msgbatch_nowhere")).Status, Is.EqualTo(404));
        using var response = await _anthropic.Http.GetAsync("anthropic/v1/complete");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("not_found_error"));
    }

    private async Task<HttpResponseMessage> PostAsync(int count)
    {
        using var content = Json(Body(Requests(count)));
        return await _anthropic.Http.PostAsync("anthropic/v1/messages/batches", content);
    }

    private async Task<string?> ContentTypeAsync(string id)
    {
        using var response = await _anthropic.Http.GetAsync($"anthropic/v1/messages/batches/{id}/results");
        return response.Content.Headers.ContentType?.MediaType;
    }
}
