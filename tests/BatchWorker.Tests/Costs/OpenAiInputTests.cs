using System.Text.Json;
using BatchWorker.Costs;
using BatchWorker.Lifecycle;

namespace BatchWorker.Tests.Costs;

/// <summary>Tokens of requests to OpenAI, counted by hand from the published vocabularies and rules.</summary>
internal sealed class OpenAiInputTests
{
    private const string Chat = "/v1/chat/completions";

    /// <summary>
    /// The worked example of the OpenAI cookbook, "How to count tokens with tiktoken": 129 for models of cl100k_base and 124 for gpt-4o,
    /// where the API itself counted the same.
    /// </summary>
    private const string Cookbook = """
        {"messages":[
        {"role":"system","content":"You are a helpful, pattern-following assistant that translates corporate jargon into plain English."},
        {"role":"system","name":"example_user","content":"New synergies will help drive top-line growth."},
        {"role":"system","name":"example_assistant","content":"Things working well together will increase revenue."},
        {"role":"system","name":"example_user","content":"Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage."},
        {"role":"system","name":"example_assistant","content":"Let's talk later when we're less busy about how to do better."},
        {"role":"user","content":"This late pivot means we don't have time to boil the ocean for the client deliverable."}]}
        """;

    [TestCase("gpt-4-0613", 129), TestCase("gpt-3.5-turbo", 129), TestCase("gpt-4o-2024-08-06", 124), TestCase("ft:gpt-4o-mini:acme::id", 124)]
    public void The_example_of_the_cookbook_has_its_tokens(string model, int tokens) => Check(Chat, model, Cookbook, tokens, isExact: true);

    /// <summary>o200k_base: "hello", " world"; cl100k_base makes six of "tiktoken is great!": t, ik, token, is, great, !</summary>
    [TestCase(Chat, "gpt-4o", """{"messages":[{"role":"user","content":"hello world"}]}""", 3 + 3 + 1 + 2)]
    [TestCase(Chat, "gpt-4o", """{"messages":[{"role":"user","content":[{"type":"text","text":"hello world"}]}]}""", 3 + 3 + 1 + 2)]
    [TestCase(Chat, "gpt-4o", """{"messages":[]}""", 3)]
    [TestCase("/v1/responses", "gpt-4.1-mini", """{"input":"hello world"}""", 3 + 3 + 1 + 2)]
    [TestCase("/v1/responses", "gpt-5", """{"instructions":"hello world","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hello world"}]}]}""", 3 + (2 * (3 + 1 + 2)))]
    [TestCase("/v1/embeddings", "text-embedding-3-small", """{"input":["hello world","tiktoken is great!"]}""", 2 + 6)]
    [TestCase("/v1/embeddings", "text-embedding-3-small", """{"input":[[1,2,3],[4]]}""", 4)]
    [TestCase("/v1/completions", "babbage-002", """{"prompt":"tiktoken is great!","max_tokens":7}""", 6)]
    public void Texts_are_counted_to_the_token(string endpoint, string model, string data, int tokens) => Check(endpoint, model, data, tokens, isExact: true);

    [TestCase(Chat, """{"messages":[{"role":"user","content":[{"type":"text","text":"hello world"},{"type":"image_url","image_url":{"url":"https://example.com/1.png"}}]}]}""", 9)]
    [TestCase("/v1/responses", """{"previous_response_id":"resp_1","input":"hello world"}""", 9)]
    [TestCase("/v1/responses", """{"input":[{"role":"user","content":[{"type":"input_file","file_id":"f"}]}]}""", 7)]
    [TestCase(Chat, """{"messages":[{"role":"assistant","content":null,"tool_call_id":"x"}]}""", 7)]
    [TestCase(Chat, """{"messages":"?"}""", 3)]
    [TestCase(Chat, "[]", 0)]
    public void What_has_no_text_is_not_counted_and_makes_it_an_estimate(string endpoint, string data, int tokens) => Check(endpoint, "gpt-4o", data, tokens, isExact: false);

    [Test]
    public void Tools_count_as_the_json_that_they_are()
    {
        using var plain = JsonDocument.Parse("""{"messages":[{"role":"user","content":"hello world"}]}""");
        using var tools = JsonDocument.Parse("""{"messages":[{"role":"user","content":"hello world"}],"tools":[{"type":"function","function":{"name":"look_up","parameters":{}}}]}""");
        var more = OpenAiInput.Of(Chat, "gpt-4o", tools.RootElement);
        Assert.That((more.Tokens - OpenAiInput.Of(Chat, "gpt-4o", plain.RootElement).Tokens, more.IsExact), Is.EqualTo((Tiktoken.Count("gpt-4o", tools.RootElement.GetProperty("tools").GetRawText()).Tokens, false)));
    }

    [Test]
    public void Of_a_very_long_text_a_part_is_counted()
    {
        var (tokens, isExact) = Tiktoken.Count("gpt-4o", string.Concat(Enumerable.Repeat("hello world ", 1 << 17)));
        Assert.That(tokens, Is.InRange(262_000, 263_000), "two for each");
        Assert.That(isExact, Is.False);
    }

    [TestCase(Provider.OpenAi, """{"max_completion_tokens":50,"max_tokens":9,"n":3}""", 150L)]
    [TestCase(Provider.OpenAi, """{"max_output_tokens":70}""", 70L)]
    [TestCase(Provider.OpenAi, """{"max_tokens":"x"}""", null)]
    [TestCase(Provider.Anthropic, """{"max_tokens":200}""", 200L)]
    [TestCase(Provider.Gemini, """{"generationConfig":{"maxOutputTokens":30,"candidateCount":2}}""", 60L)]
    [TestCase(Provider.Gemini, """{"generation_config":{"max_output_tokens":30}}""", 30L)]
    [TestCase(Provider.Gemini, "{}", null)]
    public void A_request_says_how_long_its_answer_may_be(Provider provider, string data, long? most)
    {
        using var document = JsonDocument.Parse(data);
        Assert.That(StatedOutput.Of(provider, document.RootElement), Is.EqualTo(most));
    }

    private static void Check(string endpoint, string model, string data, int tokens, bool isExact)
    {
        using var document = JsonDocument.Parse(data);
        var input = OpenAiInput.Of(endpoint, model, document.RootElement);
        Assert.That((input.Tokens, input.IsExact), Is.EqualTo(((long)tokens, isExact)));
    }
}
