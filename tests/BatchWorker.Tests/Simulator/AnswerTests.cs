using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.OpenAi;
using CsCheck;
using static BatchWorker.Tests.Simulator.SimulatedOpenAi;

namespace BatchWorker.Tests.Simulator;

internal sealed class AnswerTests
{
    private SimulatedOpenAi _openAi = null!;

    [SetUp]
    public async Task Start() => _openAi = await StartAsync();

    [TearDown]
    public async Task Stop() => await _openAi.DisposeAsync();

    [Test]
    public async Task The_echo_is_the_hash_of_the_body_as_it_was_sent()
    {
        const string body = """{ "messages":[{"content":"mk-a, mk-b_2 and mk-a again \u00e9", "role":"user"}],  "model":"m" }""";
        var answer = await AskAsync(body, Chat);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)))[..16];
        var text = answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
        Assert.That(text, Is.EqualTo($$"""{"echo":"{{hash}}","marks":["mk-a","mk-b_2","mk-a"],"chars":29}"""));
        var usage = answer.GetProperty("usage");
        Assert.That((usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32()), Is.EqualTo((8, (text!.Length + 3) / 4)));
    }

    [Test]
    public async Task The_same_body_gets_the_same_answer_in_any_batch()
    {
        var first = await _openAi.ResultsAsync(await _openAi.FinishedAsync(await _openAi.SubmitAsync([Line("a", "same"), Line("b", "other")])));
        var second = await _openAi.ResultsAsync(await _openAi.FinishedAsync(await _openAi.SubmitAsync([Line("c", "same")])));
        var a = Text(first.Single(line => CustomId(line) == "a"));
        Assert.That(Text(second.Single()), Is.EqualTo(a));
        Assert.That(Text(first.Single(line => CustomId(line) == "b")), Is.Not.EqualTo(a));
    }

    [Test]
    public async Task Responses_answers_with_a_message()
    {
        var body = await AskAsync("""{"model":"m","instructions":"Be kind.","input":[{"role":"user","content":[{"type":"input_text","text":"mk-r"}]}]}""", "/v1/responses");
        var text = body.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString();
        Assert.That((body.GetProperty("object").GetString(), body.GetProperty("status").GetString()), Is.EqualTo(("response", "completed")));
        Assert.That(text, Does.Contain("\"mk-r\"").And.Contain("\"chars\":12"));
        Assert.That(body.GetProperty("usage").GetProperty("input_tokens").GetInt32(), Is.EqualTo(3));
    }

    [Test]
    public async Task Completions_answers_with_a_text()
    {
        var body = await AskAsync("""{"model":"m","prompt":"mk-c"}""", "/v1/completions");
        Assert.That(body.GetProperty("object").GetString(), Is.EqualTo("text_completion"));
        Assert.That(body.GetProperty("choices")[0].GetProperty("text").GetString(), Does.Contain("\"mk-c\""));
    }

    [Test]
    public async Task Embeddings_answers_with_a_vector_for_each_input()
    {
        var body = await AskAsync("""{"model":"m","input":["a","b"],"dimensions":40}""", "/v1/embeddings");
        var vectors = body.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("embedding").Deserialize<float[]>()!).ToList();
        Assert.That(vectors.Select(vector => vector.Length), Is.EqualTo(new[] { 40, 40 }));
        Assert.That(vectors[0], Is.Not.EqualTo(vectors[1]).And.All.InRange(-1f, 1f));
        Assert.That(body.GetProperty("usage").ToString(), Is.EqualTo("""{"prompt_tokens":1,"total_tokens":1}"""));
        var base64 = await AskAsync("""{"model":"m","input":"a","encoding_format":"base64"}""", "/v1/embeddings");
        Assert.That(Convert.FromBase64String(base64.GetProperty("data")[0].GetProperty("embedding").GetString()!), Has.Length.EqualTo(8 * sizeof(float)));
    }

    [Test]
    public async Task Moderations_answers_for_each_input_and_costs_nothing()
    {
        var body = await AskAsync("""{"model":"omni-moderation-latest","input":["a","b","c"]}""", "/v1/moderations");
        Assert.That(body.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("flagged").GetBoolean()), Is.EqualTo(new[] { false, false, false }));
        Assert.That(body.TryGetProperty("usage", out _), Is.False);
    }

    [Test]
    public async Task A_share_of_the_prompt_can_be_cached()
    {
        await _openAi.ControlAsync("config", new { openai = new { cached_fraction = 0.5 } });
        var body = await AskAsync("""{"model":"m","messages":[{"role":"user","content":"12345678901234567890"}]}""", Chat);
        Assert.That(body.GetProperty("usage").GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32(), Is.EqualTo(2));
    }

    [Test]
    public void Prompt_characters_are_those_of_the_text_however_it_is_escaped() => Gen.String.Sample(text =>
    {
        var plain = new string([.. text.Where(c => !char.IsSurrogate(c))]);
        foreach (var options in new[] { JsonSerializerOptions.Default, new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping } })
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(new { model = "m", messages = new[] { new { role = "user", content = plain } } }, options);
            Assert.That(InputLine.ReadPrompt(body).Chars, Is.EqualTo(plain.Length));
        }
    });

    [Test]
    public void Lines_are_found_wherever_they_break() => Gen.String[Gen.Char['a', 'z'], 0, 200_000].Array[0, 4].Sample(
        lines =>
        {
            var bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
            using var stream = new MemoryStream(bytes);
            var scanner = new LineScanner(stream);
            List<string> seen = [];
            while (scanner.Next())
            {
                seen.Add(Encoding.UTF8.GetString(scanner.Line));
                Assert.That(bytes.AsSpan((int)scanner.Offset, scanner.Length).SequenceEqual(scanner.Line), Is.True);
            }
            Assert.That(seen, Is.EqualTo(lines));
        },
        iter: 50);

    [Test]
    public void A_last_line_needs_no_line_feed()
    {
        using var stream = new MemoryStream("a\n\nb"u8.ToArray());
        var scanner = new LineScanner(stream);
        List<string> seen = [];
        while (scanner.Next())
        {
            seen.Add($"{scanner.Number} {Encoding.UTF8.GetString(scanner.Line)}");
        }
        Assert.That(seen, Is.EqualTo(new[] { "1 a", "2 ", "3 b" }));
    }

    [TestCase("mk-", "")]
    [TestCase("mk-mk-x", "mk-mk-x")]
    [TestCase("\"mk-1\",\"mk-é", "mk-1")]
    [TestCase("amk-1.mk-2", "mk-1 mk-2")]
    public void Marks_are_found(string text, string marks) => Assert.That(string.Join(' ', Marks.In(Encoding.UTF8.GetBytes(text))), Is.EqualTo(marks));

    private async Task<JsonElement> AskAsync(string body, string endpoint)
    {
        var line = $$$"""{"body":{{{body}}},"custom_id":"x","url":"{{{endpoint}}}","method":"POST"}""";
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync([line], endpoint));
        Assert.That(Status(batch), Is.EqualTo("completed"), batch.ToString());
        var response = (await _openAi.ResultsAsync(batch)).Single().GetProperty("response");
        Assert.That(response.GetProperty("status_code").GetInt32(), Is.EqualTo(200));
        return response.GetProperty("body");
    }
}
