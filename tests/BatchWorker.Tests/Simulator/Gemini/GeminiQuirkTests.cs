using System.Text.Json;
using BatchWorker.Simulator.Gemini;
using static BatchWorker.Tests.Simulator.Gemini.SimulatedGemini;

namespace BatchWorker.Tests.Simulator.Gemini;

internal sealed class GeminiQuirkTests
{
    private SimulatedGemini _gemini = null!;

    [SetUp]
    public async Task Start() => _gemini = await StartAsync();

    [TearDown]
    public async Task Stop() => await _gemini.DisposeAsync();

    [Test]
    public async Task States_can_have_the_other_prefix()
    {
        await ConfigureAsync(new { state_prefix = "JOB_STATE_" });
        Assert.That(State(await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(1)))), Is.EqualTo("JOB_STATE_SUCCEEDED"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Results_come_in_another_order_than_requests(bool inside)
    {
        var expected = Enumerable.Range(0, 100).Select(i => $"job-{i}").ToList();
        var name = inside
            ? await _gemini.CreatedAsync(Inside([.. expected.Select(key => (object)new { request = Request(key), metadata = new { key } })]))
            : await _gemini.SubmitAsync(Lines(100));
        var batch = await _gemini.FinishedAsync(name);
        var keys = inside
            ? [.. InsideOf(batch).Select(item => item.GetProperty("metadata").GetProperty("key").GetString()!)]
            : (await _gemini.ResultsAsync(batch)).Select(line => KeyOf(line)!).ToList();
        Assert.That(keys, Is.Not.EqualTo(expected).And.EquivalentTo(expected));
    }

    [Test]
    public async Task Metadata_of_inline_answers_can_be_missing()
    {
        var name = await _gemini.CreatedAsync(Inside(new { request = Request("hi"), metadata = new { key = "a" } }));
        Assert.That(InsideOf(await _gemini.FinishedAsync(name)).Single().TryGetProperty("metadata", out _), Is.True);
        await ConfigureAsync(new { drop_inline_metadata = true });
        Assert.That(InsideOf(await _gemini.BatchAsync(name)).Single().TryGetProperty("metadata", out _), Is.False);
    }

    [Test]
    public async Task Two_answers_can_have_each_others_keys()
    {
        await ConfigureAsync(new { swap_keys = true });
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(10)));
        var results = await _gemini.ResultsAsync(batch);
        Assert.That(results.Select(KeyOf), Is.EquivalentTo(Enumerable.Range(0, 10).Select(i => $"job-{i}")));
        Assert.That(results.Count(line => !Text(line).Contains($"\"mk-{KeyOf(line)}\"", StringComparison.Ordinal)), Is.EqualTo(2));
        Assert.That(await _gemini.ResultsAsync(await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(1)))), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_line_without_a_key_is_answered_without_one()
    {
        var line = JsonSerializer.Serialize(new { custom_id = "a", request = Request("mk-a") });
        var result = (await _gemini.ResultsAsync(await _gemini.FinishedAsync(await _gemini.SubmitAsync([line])))).Single();
        Assert.That((KeyOf(result), result.EnumerateObject().Count()), Is.EqualTo(((string?)null, 1)));
    }

    [Test]
    public async Task The_answer_to_a_create_can_be_a_bare_name()
    {
        await ConfigureAsync(new { bare_create = true });
        var (_, created) = await _gemini.CreateAsync(Inside(new { request = Request("hi") }));
        Assert.That(created.EnumerateObject().Select(member => member.Name), Is.EqualTo(new[] { "name" }));
        Assert.That(State(await _gemini.BatchAsync(Name(created))), Is.EqualTo("BATCH_STATE_PENDING"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_json_schema_can_make_an_answer_senseless(bool isOn)
    {
        await ConfigureAsync(new { json_schema_garbage = isOn });
        string[] lines = [Schema("a", "responseJsonSchema"), Schema("b", "response_json_schema"), Schema("c", "responseSchema")];
        var results = await _gemini.ResultsAsync(await _gemini.FinishedAsync(await _gemini.SubmitAsync(lines)));
        Assert.That(results.Where(line => !IsJson(Text(line))).Select(KeyOf), Is.EquivalentTo(isOn ? new[] { "a", "b" } : []));

        static string Schema(string key, string member) => $$$$"""{"key":"{{{{key}}}}","request":{"contents":[{"parts":[{"text":"hi"}]}],"generationConfig":{"{{{{member}}}}":{"type":"object"}}} }""";
    }

    [TestCase(null)]
    [TestCase(34.5)]
    public async Task One_batch_too_many_is_refused_with_or_without_a_delay(double? delay)
    {
        await ConfigureAsync(new { max_concurrent_batches = 2, retry_delay = delay });
        var file = await _gemini.UploadAsync(Lines(1));
        await _gemini.CreatedAsync(FileInput(file));
        await _gemini.CreatedAsync(FileInput(file));
        var refused = await _gemini.CreateAsync(FileInput(file));
        Assert.That(Error(refused), Is.EqualTo((429, "RESOURCE_EXHAUSTED")));
        Assert.That(Details(refused.Body), Is.EqualTo(delay is null ? new[] { "Help" } : ["Help", "RetryInfo 34.5s"]));
        Assert.That(_gemini.Host.Ledger.Batches, Has.Count.EqualTo(2));
        _gemini.Advance(20);
        Assert.That((await _gemini.CreateAsync(FileInput(file))).Status, Is.EqualTo(200));
    }

    [Test]
    public void The_documented_limits_are_these()
    {
        var settings = new GeminiSettings();
        Assert.That(
            (settings.MaxConcurrentBatches, settings.MaxFileBytes, settings.MaxStorageBytes, settings.MaxInlineBytes),
            Is.EqualTo((100, 2_000_000_000L, 20_000_000_000L, 20_000_000)));
    }

    [Test]
    public async Task A_model_without_room_refuses_until_another_batch_has_ended()
    {
        await ConfigureAsync(new { enqueued_token_limit = new Dictionary<string, int> { [Model] = 15 } });
        string[] lines = [Line("a", new string('x', 40))];
        var file = await _gemini.UploadAsync(lines);
        await _gemini.CreatedAsync(FileInput(file));
        Assert.That(Error(await _gemini.CreateAsync(FileInput(file))), Is.EqualTo((429, "RESOURCE_EXHAUSTED")));
        Assert.That((await _gemini.CreateAsync(FileInput(file), "gemini-2.5-pro")).Status, Is.EqualTo(200));
        _gemini.Advance(20);
        Assert.That((await _gemini.CreateAsync(FileInput(file))).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Codes_of_failed_requests_can_be_http_statuses()
    {
        await ConfigureAsync(new { http_codes = true });
        await _gemini.ControlAsync("items", new { code = "rate_limit" });
        var result = (await _gemini.ResultsAsync(await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(1))))).Single();
        Assert.That(result.GetProperty("error").GetProperty("code").GetInt32(), Is.EqualTo(429));
    }

    private Task<JsonElement> ConfigureAsync(object gemini) => _gemini.ControlAsync("config", new { gemini });

    private static List<JsonElement> InsideOf(JsonElement batch) =>
        [.. batch.GetProperty("metadata").GetProperty("output").GetProperty("inlinedResponses").GetProperty("inlinedResponses").EnumerateArray()];

    private static IEnumerable<string> Details(JsonElement body) => body.GetProperty("error").GetProperty("details").EnumerateArray().Select(detail =>
        detail.GetProperty("@type").GetString()!.Split('.')[^1] + (detail.TryGetProperty("retryDelay", out var delay) ? $" {delay.GetString()}" : ""));

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
