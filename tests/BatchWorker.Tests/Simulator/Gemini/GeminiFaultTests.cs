using System.Net;
using BatchWorker.Simulator.Faults;
using static BatchWorker.Tests.Simulator.Gemini.SimulatedGemini;

namespace BatchWorker.Tests.Simulator.Gemini;

internal sealed class GeminiFaultTests
{
    private const string Create = "^/v1beta/models/.*:batchGenerateContent$";
    private SimulatedGemini _gemini = null!;

    [SetUp]
    public async Task Start() => _gemini = await StartAsync();

    [TearDown]
    public async Task Stop() => await _gemini.DisposeAsync();

    [TestCase("reset_before", 0)]
    [TestCase("reset_after", 1)]
    [TestCase("hang_after", 1)]
    public async Task A_create_call_can_be_lost_before_or_after_it_is_done(string type, int batches)
    {
        var file = await _gemini.UploadAsync(Lines(1));
        await _gemini.ControlAsync("faults", new { provider = "gemini", path = Create, action = new { type } });
        Assert.That(async () => await _gemini.CreateAsync(FileInput(file)), Throws.InstanceOf<HttpRequestException>());
        Assert.That(_gemini.Host.Ledger.Batches, Has.Count.EqualTo(batches));
        var (_, list) = await _gemini.SendAsync(HttpMethod.Get, "v1beta/batches");
        Assert.That(list.TryGetProperty("operations", out var operations) ? operations[0].GetProperty("metadata").GetProperty("displayName").GetString() : null, Is.EqualTo(batches == 0 ? null : "bw:1"));
    }

    [TestCase(429, "RESOURCE_EXHAUSTED")]
    [TestCase(503, "UNAVAILABLE")]
    [TestCase(500, "INTERNAL")]
    [TestCase(401, "UNAUTHENTICATED")]
    [TestCase(404, "NOT_FOUND")]
    public async Task A_status_without_a_body_is_worded_like_google(int status, string word)
    {
        await _gemini.ControlAsync("config", new { gemini = new { retry_delay = 7 } });
        await _gemini.ControlAsync("faults", new { provider = "gemini", action = new { type = "status", status } });
        var answer = await _gemini.SendAsync(HttpMethod.Get, "v1beta/batches");
        Assert.That(Error(answer), Is.EqualTo((status, word)));
        Assert.That(answer.Body.ToString(), status == 429 ? Does.Contain("\"retryDelay\":\"7s\"") : Does.Not.Contain("details"));
    }

    [Test]
    public async Task A_chunk_whose_answer_is_lost_has_arrived()
    {
        var url = await _gemini.UploadUrlAsync(length: 4);
        await _gemini.ControlAsync("faults", new { path = "^/upload/", count = 1, action = new { type = "reset_after" } });
        Assert.That(async () => await _gemini.ChunkAsync(url, "upload, finalize", new StringContent("0123"), 0), Throws.InstanceOf<HttpRequestException>());
        using var query = await _gemini.ChunkAsync(url, "query");
        Assert.That((query.StatusCode, query.Headers.GetValues("x-goog-upload-status").Single()), Is.EqualTo((HttpStatusCode.OK, "final")));
    }

    [Test]
    public async Task Results_can_be_cut()
    {
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(20)));
        var whole = await _gemini.DownloadAsync(batch);
        await _gemini.ControlAsync("faults", new { path = ":download$", action = new { type = "truncate", bytes = 300, chunked = true } });
        Assert.That(await _gemini.DownloadAsync(batch), Is.EqualTo(whole[..300]));
    }

    [TestCase("rate_limit", 8)]
    [TestCase("server_error", 13)]
    [TestCase("overloaded", 14)]
    [TestCase("invalid_request", 3)]
    [TestCase("expired", 4)]
    public async Task A_request_can_be_meant_to_fail(string code, int shown)
    {
        await _gemini.ControlAsync("items", new { provider = "gemini", custom_id = "job-1", code });
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(3)));
        Assert.That((State(batch), Stats(batch)), Is.EqualTo(("BATCH_STATE_SUCCEEDED", """{"requestCount":"3","successfulRequestCount":"2","failedRequestCount":"1"}""")));
        var failure = (await _gemini.ResultsAsync(batch)).Single(line => KeyOf(line) == "job-1");
        Assert.That(failure.EnumerateObject().Select(member => member.Name), Is.EqualTo(new[] { "error", "key" }));
        Assert.That(failure.GetProperty("error").GetProperty("code").GetInt32(), Is.EqualTo(shown));
        Assert.That(_gemini.Host.Ledger.Summary().PaidItems, Is.EqualTo(2));
    }

    [TestCase(429, 8, "429")]
    [TestCase(8, 8, "429")]
    [TestCase(16, 16, "401")]
    [TestCase(418, 3, "418")]
    public async Task Status_and_message_can_be_chosen(int status, int code, string outcome)
    {
        _gemini.Host.Faults.Items.Add(new ItemFate { Status = status, Message = "No." });
        var result = (await _gemini.ResultsAsync(await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(1))))).Single();
        Assert.That(result.GetProperty("error").ToString(), Is.EqualTo($$"""{"code":{{code}},"message":"No."}"""));
        Assert.That(await _gemini.Http.GetStringAsync("_sim/ledger/items"), Does.Contain($"\"outcome\":\"{outcome}\""));
    }

    [Test]
    public async Task A_blocked_prompt_is_an_answer_without_candidates_and_paid()
    {
        _gemini.Host.Faults.Items.Add(new ItemFate { Code = ItemFault.ContentFilter });
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync([Line("a", "12345678")]));
        var response = (await _gemini.ResultsAsync(batch)).Single().GetProperty("response");
        Assert.That(response.GetProperty("promptFeedback").GetProperty("blockReason").GetString(), Is.EqualTo("PROHIBITED_CONTENT"));
        Assert.That((response.TryGetProperty("candidates", out _), response.GetProperty("usageMetadata").GetProperty("totalTokenCount").GetInt32()), Is.EqualTo((false, 2)));
        Assert.That((Stats(batch), _gemini.Host.Ledger.Summary().PaidItems), Is.EqualTo(("""{"requestCount":"1","successfulRequestCount":"1"}""", 1L)));
    }

    [Test]
    public async Task Fates_of_other_providers_are_not_ours()
    {
        _gemini.Host.Faults.Items.Add(new ItemFate { Provider = "openai" });
        _gemini.Host.Faults.Batches.Add(new BatchFate { Provider = "openai", End = BatchEnd.Failed });
        _gemini.Host.Faults.Mutations.Add(new LineMutation { Provider = "openai", Kind = LineDamage.Missing });
        Assert.That(await _gemini.ResultsAsync(await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(1)))), Has.Length.EqualTo(1));
    }

    [TestCase("corrupt", 10, 9)]
    [TestCase("truncate", 10, 9)]
    [TestCase("invalid_utf8", 10, 10)]
    [TestCase("missing", 9, 9)]
    [TestCase("duplicate", 11, 11)]
    [TestCase("blank", 11, 10)]
    [TestCase("not_object", 10, 9)]
    [TestCase("unknown_id", 10, 10)]
    public async Task Lines_of_a_file_can_be_damaged(string kind, int lines, int objects)
    {
        await _gemini.ControlAsync("mutations", new { provider = "gemini", kind, count = 1 });
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(10)));
        var found = await _gemini.LinesAsync(batch);
        Assert.That((found.Length, found.Count(line => line.StartsWith("{\"", StringComparison.Ordinal) && line.EndsWith('}'))), Is.EqualTo((lines, objects)));
        Assert.That(found.Count(line => line.Contains("\"key\":\"unknown-job-", StringComparison.Ordinal)), Is.EqualTo(kind == "unknown_id" ? 1 : 0));
        Assert.That(found.Count(line => line.Contains('\uFFFD', StringComparison.Ordinal)), Is.EqualTo(kind == "invalid_utf8" ? 1 : 0));
        Assert.That(_gemini.Host.Ledger.Summary().PaidItems, Is.EqualTo(10));
    }

    [TestCase("missing", 2)]
    [TestCase("truncate", 2)]
    [TestCase("duplicate", 4)]
    [TestCase("not_object", 3)]
    public async Task Results_inside_a_batch_can_be_damaged_as_far_as_they_stay_json(string kind, int items)
    {
        await _gemini.ControlAsync("mutations", new { kind });
        var name = await _gemini.CreatedAsync(Inside([.. Enumerable.Range(0, 3).Select(i => (object)new { request = Request($"{i}"), metadata = new { key = $"job-{i}" } })]));
        var output = (await _gemini.FinishedAsync(name)).GetProperty("response").GetProperty("inlinedResponses").GetProperty("inlinedResponses");
        Assert.That(output.GetArrayLength(), Is.EqualTo(items));
    }
}
