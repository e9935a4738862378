using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using static BatchWorker.Tests.Simulator.Gemini.SimulatedGemini;

namespace BatchWorker.Tests.Simulator.Gemini;

internal sealed class GeminiAnswerTests
{
    private SimulatedGemini _gemini = null!;

    [SetUp]
    public async Task Start() => _gemini = await StartAsync();

    [TearDown]
    public async Task Stop() => await _gemini.DisposeAsync();

    [Test]
    public async Task The_echo_is_the_hash_of_the_request_as_it_was_sent()
    {
        const string request = """{ "contents":[{"parts":[{"text":"mk-a, mk-b_2 and mk-a again \u00e9"}]}],  "generation_config":{"temperature":0.20} }""";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)))[..16];
        var expected = $$"""{"echo":"{{hash}}","marks":["mk-a","mk-b_2","mk-a"],"chars":29}""";
        Assert.That(Text(await AskAsync(request)), Is.EqualTo(expected));
        using var content = new StringContent($$$$"""{"batch":{"displayName":"b","inputConfig":{"requests":{"requests":[{"request":{{{{request}}}}}]}}} }""");
        var (_, created) = await _gemini.SendAsync(HttpMethod.Post, $"v1beta/models/{Model}:batchGenerateContent", content);
        Assert.That(Text(InsideOf(await _gemini.FinishedAsync(Name(created))).Single()), Is.EqualTo(expected));
    }

    [Test]
    public async Task An_answer_has_the_shape_of_a_captured_one()
    {
        await _gemini.ControlAsync("config", new { gemini = new { cached_fraction = 0.5, thoughts_fraction = 2 } });
        var line = await AskAsync(JsonSerializer.Serialize(Request(new string('x', 80))));
        var response = line.GetProperty("response");
        var words = Text(line);
        var tokens = (words.Length + 3) / 4;
        Assert.That(response.GetProperty("usageMetadata").ToString(), Is.EqualTo(
            $$"""{"promptTokenCount":20,"cachedContentTokenCount":10,"candidatesTokenCount":{{tokens}},"thoughtsTokenCount":{{2 * tokens}},"totalTokenCount":{{20 + (3 * tokens)}},"promptTokensDetails":[{"modality":"TEXT","tokenCount":20}]}"""));
        var candidates = JsonElement.Parse($$$"""[{"content":{"role":"model","parts":[{"text":{{{JsonSerializer.Serialize(words)}}} }]},"finishReason":"STOP","index":0}]""");
        Assert.That(JsonElement.DeepEquals(response.GetProperty("candidates"), candidates), Is.True, response.ToString());
        Assert.That((response.GetProperty("modelVersion").GetString(), KeyOf(line)), Is.EqualTo((Model, "x")));
        var item = await _gemini.Http.GetStringAsync("_sim/ledger/items");
        Assert.That(item, Does.Contain($"\"input_tokens\":20,\"output_tokens\":{3 * tokens},\"cached_tokens\":10,"));
    }

    [Test]
    public async Task Counts_that_are_zero_are_left_out()
    {
        var usage = (await AskAsync(JsonSerializer.Serialize(Request("")))).GetProperty("response").GetProperty("usageMetadata");
        Assert.That(usage.EnumerateObject().Select(member => member.Name), Is.EqualTo(new[] { "candidatesTokenCount", "totalTokenCount" }));
    }

    [Test]
    public async Task Text_counts_wherever_a_prompt_may_have_it()
    {
        const string request = """{"systemInstruction":{"parts":[{"text":"12"}]},"contents":[{"role":"user","parts":[{"text":"345"},{"functionCall":{"name":"not counted"}}]},{"parts":[{"text":"\ud83d\ude00"}]}],"tools":[{"text":"not counted"}]}""";
        Assert.That(Text(await AskAsync(request)), Does.Contain("\"chars\":7"));
    }

    [Test]
    public async Task Embeddings_are_as_long_as_wanted_and_cost_their_prompt()
    {
        string[] lines =
        [
            """{"key":"a","request":{"output_dimensionality":40,"content":{"parts":[{"text":"12345"}]}}}""",
            """{"key":"b","request":{"outputDimensionality":3,"content":{"parts":[{"text":"1"}]}}}""",
            """{"key":"c","request":{"content":{"parts":[{"text":"1"}]}}}""",
        ];
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync(lines, EmbeddingModel));
        var results = (await _gemini.ResultsAsync(batch)).ToDictionary(line => KeyOf(line)!, line => line.GetProperty("response"));
        Assert.That(results.ToDictionary(pair => pair.Key, pair => pair.Value.GetProperty("embedding").GetProperty("values").GetArrayLength()), Is.EquivalentTo(new Dictionary<string, int> { ["a"] = 40, ["b"] = 3, ["c"] = 8 }));
        Assert.That(results["a"].GetProperty("embedding").GetProperty("values").EnumerateArray().Select(value => value.GetDouble()), Is.All.InRange(-1, 1));
        Assert.That((results["a"].GetProperty("tokenCount").GetString(), results["b"].GetProperty("tokenCount").GetString()), Is.EqualTo(("2", "1")));
        Assert.That(batch.GetProperty("metadata").GetProperty("@type").GetString(), Does.EndWith(".EmbedContentBatch"));
    }

    [TestCase(false, "inlinedEmbedContentResponses")]
    [TestCase(true, null)]
    public async Task Inline_embeddings_stand_in_one_of_two_places(bool bySpecification, string? member)
    {
        await _gemini.ControlAsync("config", new { gemini = new { embed_output_by_specification = bySpecification } });
        var name = await _gemini.CreatedAsync(Inside(new { request = new { model = "models/x", content = new { parts = new[] { new { text = "a" } } } }, metadata = new { key = "k" } }), EmbeddingModel);
        var output = (await _gemini.FinishedAsync(name)).GetProperty("metadata").GetProperty("output");
        var responses = (member is null ? output : output.GetProperty(member)).GetProperty("inlinedResponses");
        Assert.That(responses.EnumerateArray().Single().GetProperty("metadata").GetProperty("key").GetString(), Is.EqualTo("k"));
    }

    [TestCase("https://www.youtube.com/watch?v=ixRanV-rdAQ", true)]
    [TestCase("https://youtu.be/ixRanV-rdAQ", true)]
    [TestCase("UPLOADED", true)]
    [TestCase("files/mine", true)]
    [TestCase("files/nowhere", false)]
    [TestCase("https://generativelanguage.googleapis.com/v1beta/files/nowhere", false)]
    [TestCase("https://example.com/video.mp4", false)]
    public async Task A_video_is_on_youtube_or_uploaded(string uri, bool isThere)
    {
        var video = await _gemini.UploadAsync("x", new { name = "files/mine" }, "video/mp4");
        var fileUri = uri == "UPLOADED" ? video.GetProperty("uri").GetString() : uri;
        var line = await AskAsync($$$"""{"contents":[{"parts":[{"file_data":{"file_uri":"{{{fileUri}}}"},"videoMetadata":{"startOffset":"10s","fps":1}},{"text":"Summarise"}]}]}""");
        Assert.That((line.TryGetProperty("response", out var response), line.TryGetProperty("error", out var error)), Is.EqualTo((isThere, !isThere)));
        if (isThere)
        {
            Assert.That(response.GetProperty("usageMetadata").GetProperty("promptTokensDetails").ToString(), Is.EqualTo("""[{"modality":"TEXT","tokenCount":3},{"modality":"VIDEO","tokenCount":258}]"""));
        }
        else
        {
            Assert.That(error.GetProperty("code").GetInt32(), Is.EqualTo(3));
        }
    }

    [TestCase(2 * 86_400, "not exist")]
    [TestCase(0, "not in an ACTIVE state")]
    public async Task A_video_that_expired_before_its_turn_or_is_not_ready_fails_its_request(double seconds, string message)
    {
        await _gemini.ControlAsync("config", new { gemini = new { video_processing = 60 } });
        await _gemini.UploadAsync("x", new { name = "files/mine" }, "video/mp4");
        _gemini.Advance(seconds);
        var line = await AskAsync("""{"contents":[{"parts":[{"fileData":{"fileUri":"files/mine","mimeType":"video/mp4"}}]}]}""");
        Assert.That(line.GetProperty("error").GetProperty("message").GetString(), Does.Contain(message));
    }

    [Test]
    public async Task Metadata_comes_back_as_it_was()
    {
        var metadata = new { key = "a", n = 1, deep = new { list = new[] { 1, 2 } } };
        var name = await _gemini.CreatedAsync(Inside(new { request = Request("one"), metadata }, new { request = Request("two") }));
        var items = InsideOf(await _gemini.FinishedAsync(name));
        Assert.That(items.Where(item => item.TryGetProperty("metadata", out _)).Select(item => item.GetProperty("metadata").ToString()), Is.EqualTo(new[] { JsonSerializer.Serialize(metadata) }));
        Assert.That(items.Select(KeyOf), Is.All.Null.And.Exactly(2).Items);
    }

    private async Task<JsonElement> AskAsync(string request)
    {
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync([$$"""{"key":"x","request":{{request}}}"""]));
        return (await _gemini.ResultsAsync(batch)).Single();
    }

    private static List<JsonElement> InsideOf(JsonElement batch) =>
        [.. batch.GetProperty("response").GetProperty("inlinedResponses").GetProperty("inlinedResponses").EnumerateArray()];
}
