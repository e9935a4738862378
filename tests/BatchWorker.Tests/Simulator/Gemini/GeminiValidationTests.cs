using System.Text.Json;
using BatchWorker.Simulator.Faults;
using static BatchWorker.Tests.Simulator.Gemini.SimulatedGemini;

namespace BatchWorker.Tests.Simulator.Gemini;

internal sealed class GeminiValidationTests
{
    private SimulatedGemini _gemini = null!;

    [SetUp]
    public async Task Start() => _gemini = await StartAsync();

    [TearDown]
    public async Task Stop() => await _gemini.DisposeAsync();

    [TestCase("not json")]
    [TestCase("[1]")]
    [TestCase("""{"key":"x"}""")]
    [TestCase("""{"key":"x","request":7}""")]
    [TestCase("""{"key":"x","request":{}}{}""")]
    public async Task A_line_that_is_no_request_fails_the_batch(string line)
    {
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync([Line("good"), line]));
        Assert.That(State(batch), Is.EqualTo("BATCH_STATE_FAILED"));
        Assert.That(batch.GetProperty("error").ToString(), Is.EqualTo("""{"code":3,"message":"Failed to parse the request at line 2."}"""));
        Assert.That((batch.TryGetProperty("response", out _), batch.GetProperty("metadata").TryGetProperty("output", out _)), Is.EqualTo((false, false)));
        Assert.That(_gemini.Host.Ledger.Summary().PaidItems, Is.Zero);
    }

    [Test]
    public async Task An_empty_file_fails_its_batch_and_empty_lines_do_not_matter()
    {
        Assert.That(State(await _gemini.FinishedAsync(await _gemini.SubmitAsync([""]))), Is.EqualTo("BATCH_STATE_FAILED"));
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync([Line("a"), "", Line("b")]));
        Assert.That(Stats(batch), Is.EqualTo("""{"requestCount":"2","successfulRequestCount":"2"}"""));
    }

    [TestCase("""{"key":"bad","request":{}}""")]
    [TestCase("""{"key":"bad","request":{"contents":[]}}""")]
    [TestCase("""{"key":"bad","request":{"contents":"text"}}""")]
    [TestCase("""{"key":"bad","request":{"content":{"parts":[{"text":"x"}]}}}""")]
    public async Task A_request_without_contents_fails_alone(string line)
    {
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync([Line("good"), line]));
        Assert.That((State(batch), Stats(batch)), Is.EqualTo(("BATCH_STATE_SUCCEEDED", """{"requestCount":"2","successfulRequestCount":"1","failedRequestCount":"1"}""")));
        var failure = (await _gemini.ResultsAsync(batch)).Single(result => KeyOf(result) == "bad");
        Assert.That(failure.GetProperty("error").GetProperty("code").GetInt32(), Is.EqualTo(3));
    }

    [Test]
    public async Task A_request_to_embed_needs_content()
    {
        string[] lines = ["""{"key":"good","request":{"content":{"parts":[{"text":"x"}]}}}""", Line("bad")];
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync(lines, EmbeddingModel));
        Assert.That((await _gemini.ResultsAsync(batch)).Single(result => result.TryGetProperty("error", out _)).ToString(), Does.Contain("\"key\":\"bad\"").And.Contains("\"code\":3"));
    }

    [TestCase(false, "Poison. (line 2)")]
    [TestCase(true, "Poison.")]
    public async Task A_request_can_be_meant_to_fail_validation(bool noLine, string message)
    {
        _gemini.Host.Faults.Items.Add(new ItemFate { Mark = "mk-job-1", Validation = true, NoLine = noLine, Message = "Poison." });
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(3)));
        Assert.That((State(batch), batch.GetProperty("error").GetProperty("message").GetString()), Is.EqualTo(("BATCH_STATE_FAILED", message)));
    }

    [TestCase("no json")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("""{"batch":{"displayName":"a","inputConfig":{"fileName":"files/x"}},"extra":1}""")]
    [TestCase("""{"batch":{"displayName":"a","inputConfig":{"fileName":"files/x"},"extra":1}}""")]
    [TestCase("""{"batch":{"displayName":"a","inputConfig":{"fileName":"files/x","extra":1}}}""")]
    [TestCase("""{"batch":{"displayName":"a"}}""")]
    [TestCase("""{"batch":{"displayName":"a","inputConfig":{}}}""")]
    [TestCase("""{"batch":{"inputConfig":{"fileName":"files/x"}}}""")]
    [TestCase("""{"batch":{"displayName":"a","inputConfig":{"fileName":"files/x"},"priority":"high"}}""")]
    [TestCase("""{"batch":{"displayName":"a","inputConfig":{"requests":{"requests":[]}}}}""")]
    [TestCase("""{"batch":{"displayName":"a","inputConfig":{"requests":{"requests":[{"metadata":{}}]}}}}""")]
    [TestCase("""{"batch":{"displayName":"a","inputConfig":{"requests":{"requests":[{"request":{},"config":{}}]}}}}""")]
    [TestCase("""{"batch":{"displayName":"a","inputConfig":{"fileName":"files/x","requests":{"requests":[{"request":{}}]}}}}""")]
    public async Task A_wrong_create_call_is_refused_and_makes_no_batch(string body)
    {
        Assert.That(Error(await CreateAsync(body)), Is.EqualTo((400, "INVALID_ARGUMENT")));
        Assert.That(_gemini.Host.Ledger.Batches, Is.Empty);
    }

    [Test]
    public async Task An_unknown_name_is_named()
    {
        var (_, body) = await CreateAsync("""{"batch":{"displayName":"a","inputConfig":{"requests":{"requests":[{"request":{},"config":{}}]}}}}""");
        Assert.That(body.GetProperty("error").GetProperty("message").GetString(), Is.EqualTo(
            "Invalid JSON payload received. Unknown name \"config\" at 'batch.input_config.requests.requests[0]': Cannot find field."));
    }

    [Test]
    public async Task A_create_call_may_be_spelled_in_snake_case()
    {
        var file = await _gemini.UploadAsync(["""{"key":"a","request":{"contents":[{"parts":[{"text":"12345678"}]}],"system_instruction":{"parts":[{"text":"1234"}]},"generation_config":{"temperature":1}}}"""]);
        var (status, created) = await CreateAsync($$$$"""{"batch":{"display_name":"bw:7","input_config":{"file_name":"{{{{file}}}}"},"priority":"-2","webhook_config":{"uris":["https://x/cb"]}}}""");
        Assert.That((status, created.GetProperty("metadata").GetProperty("displayName").GetString(), created.GetProperty("metadata").GetProperty("priority").GetString()), Is.EqualTo((200, "bw:7", "-2")));
        var answer = (await _gemini.ResultsAsync(await _gemini.FinishedAsync(Name(created)))).Single();
        Assert.That(Text(answer), Does.Contain("\"chars\":12"));
    }

    [Test]
    public async Task A_file_that_is_not_there_fails_the_call()
    {
        Assert.That(Error(await _gemini.CreateAsync(FileInput("files/nowhere"))), Is.EqualTo((404, "NOT_FOUND")));
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(1)));
        Assert.That(Error(await _gemini.CreateAsync(FileInput(ResultName(batch)))), Is.EqualTo((404, "NOT_FOUND")));
    }

    [Test]
    public async Task A_model_does_what_it_is_made_for()
    {
        var file = await _gemini.UploadAsync(Lines(1));
        foreach (var path in new[] { $"{EmbeddingModel}:batchGenerateContent", $"{Model}:asyncBatchEmbedContent", $"{Model}:generateImages" })
        {
            using var content = new StringContent(JsonSerializer.Serialize(FileInput(file)));
            Assert.That(Error(await _gemini.SendAsync(HttpMethod.Post, $"v1beta/models/{path}", content)), Is.EqualTo((404, "NOT_FOUND")), path);
        }
    }

    [TestCase(0, 200)]
    [TestCase(1, 400)]
    public async Task Requests_inside_the_call_have_a_limit(int more, int status)
    {
        var body = JsonSerializer.Serialize(Inside(new { request = Request("hi") }));
        await _gemini.ControlAsync("config", new { gemini = new { max_inline_bytes = body.Length - more } });
        Assert.That((await CreateAsync(body)).Status, Is.EqualTo(status));
    }

    [TestCase(null, null, 403, "PERMISSION_DENIED")]
    [TestCase("AIza-stranger", null, 400, "INVALID_ARGUMENT")]
    [TestCase(null, "AIza-stranger", 400, "INVALID_ARGUMENT")]
    public async Task Only_a_known_key_is_let_in(string? header, string? parameter, int status, string word)
    {
        using var stranger = new HttpClient { BaseAddress = _gemini.Host.Address };
        if (header is not null)
        {
            stranger.DefaultRequestHeaders.Add("x-goog-api-key", header);
        }
        foreach (var path in new[] { "v1beta/batches", "v1beta/files", "v1beta/files/x:download", "v1beta/anything" })
        {
            using var response = await stranger.GetAsync($"gemini/{path}?{(parameter is null ? "" : $"key={parameter}")}");
            Assert.That(Error(await JsonAsync(response)), Is.EqualTo((status, word)), path);
        }
    }

    [Test]
    public async Task The_key_may_stand_in_the_url()
    {
        using var caller = new HttpClient { BaseAddress = _gemini.Host.Address };
        Assert.That(await caller.GetStringAsync($"gemini/v1beta/batches?key={Key}"), Is.EqualTo("{}"));
    }

    private async Task<(int Status, JsonElement Body)> CreateAsync(string body)
    {
        using var content = new StringContent(body);
        return await _gemini.SendAsync(HttpMethod.Post, $"v1beta/models/{Model}:batchGenerateContent", content);
    }
}
