using System.Net;
using System.Text;
using BatchWorker.Simulator.Faults;
using static BatchWorker.Tests.Simulator.SimulatedOpenAi;

namespace BatchWorker.Tests.Simulator;

internal sealed class HttpFaultTests
{
    private SimulatedOpenAi _openAi = null!;

    [SetUp]
    public async Task Start() => _openAi = await StartAsync();

    [TearDown]
    public async Task Stop() => await _openAi.DisposeAsync();

    private int Batches => _openAi.Host.Ledger.Batches.Count;

    [Test]
    public async Task Status_answers_and_does_nothing()
    {
        await FaultAsync(new { type = "status", status = 429, body = "slow down", headers = new Dictionary<string, string> { ["Retry-After"] = "7" } });
        using var response = await CreateAsync();
        Assert.That((response.StatusCode, await response.Content.ReadAsStringAsync()), Is.EqualTo((HttpStatusCode.TooManyRequests, "slow down")));
        Assert.That(response.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(7)));
        Assert.That(Batches, Is.Zero);
    }

    [TestCase(401, "invalid_api_key")]
    [TestCase(429, "rate_limit_exceeded")]
    public async Task A_status_without_a_body_is_worded_like_the_provider(int status, string code)
    {
        await FaultAsync(new { type = "status", status });
        var (answered, body) = await _openAi.SendAsync(HttpMethod.Post, "batches", new StringContent("{}"));
        Assert.That((answered, body.GetProperty("error").GetProperty("code").GetString()), Is.EqualTo((status, code)));
    }

    [Test]
    public async Task Status_after_does_it_and_denies_it()
    {
        await FaultAsync(new { type = "status_after", status = 503 });
        using var response = await CreateAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("server_error").And.Not.Contains("batch_"));
        Assert.That(Batches, Is.EqualTo(1));
    }

    [TestCase("reset_before", 0)]
    [TestCase("reset_after", 1)]
    [TestCase("hang", 0)]
    [TestCase("hang_after", 1)]
    public async Task A_cut_connection_leaves_the_caller_without_an_answer(string type, int batches)
    {
        await FaultAsync(new { type, seconds = 30 });
        Assert.That(async () => await CreateAsync(), Throws.InstanceOf<HttpRequestException>());
        Assert.That(Batches, Is.EqualTo(batches));
        Assert.That(_openAi.Time.Waits, type.StartsWith("hang", StringComparison.Ordinal) ? Does.Contain(TimeSpan.FromSeconds(30)) : Does.Not.Contain(TimeSpan.FromSeconds(30)));
        var entry = _openAi.Host.Ledger.Requests.All()[^1];
        Assert.That((entry.Method, entry.Path, entry.Status, entry.Fault), Is.EqualTo(("POST", "/batches", (int?)null, type)));
    }

    [Test]
    public async Task An_upload_can_be_cut_in_its_middle()
    {
        await FaultAsync(new { type = "reset_before", bytes = 1_000 }, path: "^/files$");
        Assert.That(async () => await _openAi.UploadAsync(Lines(10_000)), Throws.InstanceOf<HttpRequestException>());
        Assert.That((await _openAi.SendAsync(HttpMethod.Get, "files")).Body.GetProperty("data").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Slow_drips_the_whole_answer()
    {
        await FaultAsync(new { type = "slow", bytes = 100, seconds = 2 }, method: "GET");
        var plain = await (await CreateAsync()).Content.ReadAsStringAsync();
        var id = _openAi.Host.Ledger.Batches[0].Id;
        _openAi.Time.Waits.Clear();
        var dripped = await _openAi.Http.GetStringAsync($"openai/v1/batches/{id}");
        Assert.That(dripped, Does.StartWith($"{{\"id\":\"{id}\""));
        Assert.That(_openAi.Time.Waits.Count(wait => wait == TimeSpan.FromSeconds(2)), Is.EqualTo((plain.Length + 99) / 100).Within(1));
    }

    [Test]
    public async Task Truncate_ends_an_answer_before_its_announced_length()
    {
        var (content, path) = await ResultsAsync();
        await FaultAsync(new { type = "truncate", bytes = 300 }, method: "GET");
        using var response = await _openAi.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        Assert.That(response.Content.Headers.ContentLength, Is.EqualTo(content.Length));
        using var received = new MemoryStream();
        Assert.That(async () => await (await response.Content.ReadAsStreamAsync()).CopyToAsync(received), Throws.InstanceOf<IOException>());
        Assert.That(Encoding.UTF8.GetString(received.ToArray()), Is.EqualTo(content[..300]));
    }

    [Test]
    public async Task A_chunked_answer_can_be_short_and_end_well()
    {
        var (content, path) = await ResultsAsync();
        await FaultAsync(new { type = "truncate", bytes = 300, chunked = true }, method: "GET");
        using var response = await _openAi.Http.GetAsync(path);
        Assert.That(response.Headers.TransferEncodingChunked, Is.True);
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(content[..300]));
    }

    [Test]
    public async Task Garble_answers_200_with_a_page_of_html()
    {
        await FaultAsync(new { type = "garble" });
        using var response = await CreateAsync();
        Assert.That((response.StatusCode, response.Content.Headers.ContentType!.MediaType), Is.EqualTo((HttpStatusCode.OK, "text/html")));
        Assert.That(Batches, Is.Zero);
    }

    [Test]
    public async Task Rules_choose_their_calls()
    {
        await _openAi.ControlAsync("faults", new { provider = "openai", method = "get", path = "^/batches", nth = 2, action = new { type = "status", status = 500 } });
        await _openAi.ControlAsync("faults", new { provider = "gemini", action = new { type = "status", status = 501 } });
        await _openAi.ControlAsync("faults", new { path = "^/files", after = 1, count = 2, action = new { type = "status", status = 502 } });
        var batches = new List<int>();
        var files = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            batches.Add((await _openAi.SendAsync(HttpMethod.Get, "batches?limit=1")).Status);
            files.Add((await _openAi.SendAsync(HttpMethod.Get, "files")).Status);
        }
        Assert.That(batches, Is.EqualTo(new[] { 200, 500, 200, 200 }));
        Assert.That(files, Is.EqualTo(new[] { 200, 502, 502, 200 }));
        var uses = await _openAi.ControlAsync("faults");
        Assert.That(uses.EnumerateArray().Select(use => use.GetProperty("applied").GetInt32()), Is.EqualTo(new[] { 1, 0, 2 }));
    }

    [Test]
    public void Chance_is_the_same_with_the_same_seed()
    {
        string Draw(int seed)
        {
            var book = new RuleBook<HttpFault>();
            book.Add(new HttpFault { Probability = 0.5, Seed = seed, Action = new HttpFaultAction { Type = HttpFaultKind.Garble } });
            return string.Concat(Enumerable.Range(0, 64).Select(_ => book.Take(_ => true) is null ? '.' : 'x'));
        }
        var first = Draw(1);
        Assert.That(Draw(1), Is.EqualTo(first));
        Assert.That(Draw(2), Is.Not.EqualTo(first));
        Assert.That(first, Does.Contain("x").And.Contains("."));
    }

    [TestCase("""{"action":{"type":"explode"}}""")]
    [TestCase("""{"action":{"type":"garble"},"pth":"x"}""")]
    [TestCase("""{"path":"(","action":{"type":"garble"}}""")]
    [TestCase("""{}""")]
    public async Task A_misspelled_rule_is_refused_with_a_reason(string rule)
    {
        using var content = new StringContent(rule, Encoding.UTF8, "application/json");
        using var response = await _openAi.Http.PostAsync("_sim/faults", content);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.StartWith("{\"error\":\"").And.Length.GreaterThan(20));
        Assert.That(_openAi.Host.Faults.Http.All(), Is.Empty);
    }

    private async Task FaultAsync(object action, string path = "", string method = "POST") => await _openAi.ControlAsync("faults", new { method, path, action });

    private Task<HttpResponseMessage> CreateAsync() => _openAi.Http.PostAsync(
        "openai/v1/batches", new StringContent("""{"input_file_id":"f","endpoint":"/v1/chat/completions","completion_window":"24h"}"""));

    private async Task<(string Content, string Path)> ResultsAsync()
    {
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(20)));
        var path = $"openai/v1/files/{batch.GetProperty("output_file_id").GetString()}/content";
        return (await _openAi.Http.GetStringAsync(path), path);
    }
}
