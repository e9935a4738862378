using System.Text.Json;
using BatchWorker.Simulator.Faults;
using static BatchWorker.Tests.Simulator.SimulatedOpenAi;

namespace BatchWorker.Tests.Simulator;

internal sealed class ValidationTests
{
    private SimulatedOpenAi _openAi = null!;

    [SetUp]
    public async Task Start() => _openAi = await StartAsync();

    [TearDown]
    public async Task Stop() => await _openAi.DisposeAsync();

    private static IEnumerable<TestCaseData> BadLines()
    {
        yield return new TestCaseData("not json", "invalid_json_line", null).SetArgDisplayNames("no JSON");
        yield return new TestCaseData("", "invalid_json_line", null).SetArgDisplayNames("empty line");
        yield return new TestCaseData("[1]", "invalid_json_line", null).SetArgDisplayNames("array");
        yield return new TestCaseData(Line("x") + "{}", "invalid_json_line", null).SetArgDisplayNames("two values");
        yield return new TestCaseData(Line("good-0"), "duplicate_custom_id", "custom_id").SetArgDisplayNames("duplicate id");
        yield return new TestCaseData(Line("x", model: "o9"), "mismatched_model", "body.model").SetArgDisplayNames("other model");
        yield return new TestCaseData(Line("x").Replace("POST", "GET", StringComparison.Ordinal), "invalid_method", "method").SetArgDisplayNames("method");
        yield return new TestCaseData(Line("x", url: "/v1/embeddings"), "invalid_url", "url").SetArgDisplayNames("other url");
        yield return new TestCaseData("""{"method":"POST","url":"/v1/chat/completions","body":{"model":"m"}}""", "missing_required_parameter", "custom_id").SetArgDisplayNames("no id");
        yield return new TestCaseData("""{"custom_id":"x","method":"POST","url":"/v1/chat/completions","body":7}""", "missing_required_parameter", "body").SetArgDisplayNames("no body");
        yield return new TestCaseData("""{"custom_id":"x","method":"POST","url":"/v1/chat/completions","body":{}}""", "missing_required_parameter", "body.model").SetArgDisplayNames("no model");
    }

    [TestCaseSource(nameof(BadLines))]
    public async Task A_bad_line_fails_the_batch_and_is_named(string line, string code, string? param)
    {
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync([Line("good-0"), line, Line("good-1")]));
        Assert.That(Status(batch), Is.EqualTo("failed"));
        var error = Errors(batch).Single();
        Assert.That((Code(error), error.GetProperty("line").GetInt32(), error.GetProperty("param").GetString()), Is.EqualTo((code, 2, param)));
        Assert.That(_openAi.Host.Ledger.Summary().PaidItems, Is.Zero);
    }

    [Test]
    public async Task A_lone_surrogate_in_a_prompt_is_a_character_like_any_other()
    {
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync([Line("a", "?").Replace("?", "\\ud800", StringComparison.Ordinal)]));
        Assert.That(Text((await _openAi.ResultsAsync(batch)).Single()), Does.Contain("\"chars\":1"));
    }

    [Test]
    public async Task Every_bad_line_is_named()
    {
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync([Line("a"), "?", Line("a"), "?"]));
        Assert.That(Errors(batch).Select(error => (Code(error), error.GetProperty("line").GetInt32())), Is.EqualTo(new[] { ("invalid_json_line", 2), ("duplicate_custom_id", 3), ("invalid_json_line", 4) }));
    }

    [Test]
    public async Task An_empty_file_fails_its_batch()
    {
        Assert.That(WholeError(await _openAi.FinishedAsync(await _openAi.SubmitAsync([]))), Is.EqualTo("empty_file"));
    }

    [Test]
    public async Task A_missing_file_fails_the_batch_and_not_the_call()
    {
        var (status, batch) = await _openAi.CreateAsync("file-nowhere");
        Assert.That(status, Is.EqualTo(200));
        Assert.That(WholeError(await _openAi.FinishedAsync(Id(batch))), Is.EqualTo("invalid_file"));
    }

    [Test]
    public async Task Fifty_thousand_requests_are_taken_and_one_more_is_too_many()
    {
        var full = await _openAi.SubmitAsync(Lines(50_000));
        Assert.That(Counts(await _openAi.FinishedAsync(full)), Is.EqualTo((50_000, 50_000, 0)));
        var tooMany = await _openAi.SubmitAsync(Lines(50_001, "other-"));
        Assert.That(WholeError(await _openAi.FinishedAsync(tooMany)), Is.EqualTo("too_many_tasks"));
    }

    [TestCase(3, "completed")]
    [TestCase(4, "failed")]
    public async Task Embedding_inputs_are_counted_over_all_requests(int inputs, string status)
    {
        _openAi.Host.OpenAi.Settings = _openAi.Host.OpenAi.Settings with { MaxEmbeddingInputs = 5 };
        string[] lines = [Embedding("a", "[\"x\",\"y\"]"), Embedding("b", $"[{string.Join(',', Enumerable.Repeat("\"z\"", inputs))}]")];
        Assert.That(Status(await _openAi.FinishedAsync(await _openAi.SubmitAsync(lines, "/v1/embeddings"))), Is.EqualTo(status));
    }

    [Test]
    public async Task Tokens_given_as_numbers_are_one_input_and_lists_of_them_are_many()
    {
        _openAi.Host.OpenAi.Settings = _openAi.Host.OpenAi.Settings with { MaxEmbeddingInputs = 3 };
        string[] lines = [Embedding("a", "[1,2,3,4,5]"), Embedding("b", "[[1,2],[3]]")];
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync(lines, "/v1/embeddings"));
        Assert.That(Status(batch), Is.EqualTo("completed"));
        Assert.That(batch.GetProperty("usage").GetProperty("input_tokens").GetInt32(), Is.EqualTo(8));
    }

    [Test]
    public async Task A_model_without_room_fails_the_batch_until_another_one_has_ended()
    {
        _openAi.Host.OpenAi.Settings = _openAi.Host.OpenAi.Settings with { EnqueuedTokenLimit = new() { [Model] = 15 } };
        var text = new string('x', 40);
        var first = await _openAi.SubmitAsync([Line("a", text)]);
        var refused = await _openAi.SubmitAsync([Line("b", text)]);
        var elsewhere = await _openAi.SubmitAsync([Line("c", text, "gpt-4o-mini")]);
        var batch = await _openAi.FinishedAsync(refused);
        Assert.That(WholeError(batch), Is.EqualTo("token_limit_exceeded"));
        Assert.That(Errors(batch).Single().GetProperty("message").GetString(), Does.StartWith("Enqueued token limit reached for gpt-4o in organization org-simulator. Limit: 15 enqueued tokens."));
        Assert.That(Status(await _openAi.BatchAsync(first)), Is.EqualTo("completed"));
        Assert.That(Status(await _openAi.BatchAsync(elsewhere)), Is.EqualTo("completed"));
        Assert.That(Status(await _openAi.FinishedAsync(await _openAi.SubmitAsync([Line("b", text)]))), Is.EqualTo("completed"));
    }

    [TestCase(false, 2)]
    [TestCase(true, null)]
    public async Task A_request_can_be_meant_to_fail_validation(bool noLine, int? line)
    {
        _openAi.Host.Faults.Items.Add(new ItemFate { Mark = "mk-job-1", Validation = true, NoLine = noLine, Message = "Poison." });
        var error = Errors(await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(3)))).Single();
        Assert.That((Code(error), error.GetProperty("message").GetString()), Is.EqualTo(("invalid_request", "Poison.")));
        Assert.That(error.GetProperty("line").Deserialize<int?>(), Is.EqualTo(line));
    }

    [TestCase("""{"endpoint":"/v1/chat/completions","completion_window":"24h"}""", "input_file_id")]
    [TestCase("""{"input_file_id":"f","endpoint":"/v1/audio/speech","completion_window":"24h"}""", "endpoint")]
    [TestCase("""{"input_file_id":"f","endpoint":"/v1/responses","completion_window":"1h"}""", "completion_window")]
    [TestCase("""{"input_file_id":"f","endpoint":"/v1/responses","completion_window":"24h","metadata":{"a":1}}""", "metadata")]
    [TestCase("""{"input_file_id":"f","endpoint":"/v1/responses","completion_window":"24h","output_expires_after":{"anchor":"created_at","seconds":1}}""", "output_expires_after")]
    [TestCase("""{"input_file_id":"f","endpoint":"/v1/responses","completion_window":"24h","extra":1}""", "extra")]
    [TestCase("[]", null)]
    [TestCase("no json", null)]
    public async Task A_wrong_create_call_is_refused_and_makes_no_batch(string body, string? param)
    {
        var (status, answer) = await _openAi.SendAsync(HttpMethod.Post, "batches", new StringContent(body));
        Assert.That((status, answer.GetProperty("error").GetProperty("param").GetString()), Is.EqualTo((400, param)));
        Assert.That(_openAi.Host.Ledger.Summary().Batches, Is.Zero);
    }

    private static string Embedding(string id, string input) =>
        $$$"""{"custom_id":"{{{id}}}","method":"POST","url":"/v1/embeddings","body":{"model":"text-embedding-3-small","input":{{{input}}}}}""";

    private static List<JsonElement> Errors(JsonElement batch) => [.. batch.GetProperty("errors").GetProperty("data").EnumerateArray()];

    private static string Code(JsonElement error) => error.GetProperty("code").GetString()!;

    private static string WholeError(JsonElement batch)
    {
        var error = Errors(batch).Single();
        Assert.That((Status(batch), error.GetProperty("line").ValueKind), Is.EqualTo(("failed", JsonValueKind.Null)));
        return Code(error);
    }
}
