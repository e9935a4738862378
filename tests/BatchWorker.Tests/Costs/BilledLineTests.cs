using System.Text;
using BatchWorker.Costs;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Providers.Anthropic;
using BatchWorker.Providers.Gemini;
using BatchWorker.Providers.Http;
using BatchWorker.Providers.OpenAi;
using BatchWorker.Results;

namespace BatchWorker.Tests.Costs;

/// <summary>Which lines of a provider's results are billed: one for each rule, from the line as it comes to the amount in pico-USD. Prices of 2026-11-23.</summary>
internal sealed class BilledLineTests
{
    private static readonly DateTimeOffset s_at = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly AnswerPrices s_prices = new(new Prices());
    private static readonly Redaction s_redaction = new(null);

    /// <summary>
    /// OpenAI: requests that finished before the batch expired are billed, the rest stand in the error file as batch_expired and are not
    /// (developers.openai.com/api/docs/guides/batch, copy of autumn 2026). gpt-4o in a batch 1.25 and 5.00 (litellm, 2026-08-01): 9 × 1.25 + 1 × 5 = 16.25.
    /// </summary>
    [TestCase("""{"custom_id":"j","response":{"status_code":200,"body":{"usage":{"prompt_tokens":9,"completion_tokens":1} } },"error":null}""", 16_250_000L, TestName = "OpenAI_an_answer_is_billed")]
    [TestCase("""{"custom_id":"j","response":{"status_code":200,"body":{"choices":[{"finish_reason":"content_filter"}],"usage":{"prompt_tokens":9,"completion_tokens":0} } },"error":null}""", 11_250_000L, TestName = "OpenAI_an_answer_that_the_filter_emptied_is_billed_for_what_it_took")]
    [TestCase("""{"custom_id":"j","response":{"status_code":400,"body":{"error":{"message":"No.","code":"unsupported_parameter"},"usage":{"prompt_tokens":9} } },"error":null}""", null, TestName = "OpenAI_a_refused_request_is_not_billed")]
    [TestCase("""{"custom_id":"j","response":null,"error":{"code":"batch_expired","message":"Too late."}}""", null, TestName = "OpenAI_an_expired_request_is_not_billed")]
    public void OpenAi(string line, long? pico) => Check(new Lane(Provider.OpenAi, "/v1/chat/completions", "gpt-4o", "t"), new OpenAiResultReader(s_redaction).Read(LineOf(line))!, pico);

    /// <summary>
    /// Anthropic: errored, canceled and expired requests are not billed (platform.claude.com/docs/en/build-with-claude/batch-processing).
    /// claude-haiku-4-5 in a batch 0.50 and 2.50 (half of 1 and 5, litellm or genai-prices, 2026-09): 10 × 0.5 + 34 × 2.5 = 90.
    /// </summary>
    [TestCase("""{"custom_id":"j","result":{"type":"succeeded","message":{"stop_reason":"end_turn","usage":{"input_tokens":10,"output_tokens":34} } }}""", 90_000_000L, TestName = "Anthropic_an_answer_is_billed")]
    [TestCase("""{"custom_id":"j","result":{"type":"succeeded","message":{"stop_reason":"refusal","usage":{"input_tokens":10,"output_tokens":0} } }}""", 5_000_000L, TestName = "Anthropic_a_refusal_is_an_answer_and_billed")]
    [TestCase("""{"custom_id":"j","result":{"type":"errored","error":{"type":"error","error":{"type":"invalid_request_error","message":"No."} } }}""", null, TestName = "Anthropic_an_error_is_not_billed")]
    [TestCase("""{"custom_id":"j","result":{"type":"canceled"}}""", null, TestName = "Anthropic_a_canceled_request_is_not_billed")]
    [TestCase("""{"custom_id":"j","result":{"type":"expired"}}""", null, TestName = "Anthropic_an_expired_request_is_not_billed")]
    public void Anthropic(string line, long? pico) => Check(new Lane(Provider.Anthropic, "/v1/messages", "claude-haiku-4-5", "t"), new AnthropicResultReader(s_redaction).Read(LineOf(line))!, pico);

    /// <summary>
    /// Gemini: a line is a response or a status, and an expired batch has no lines at all (ai.google.dev/gemini-api/docs/batch-api, late 2026); that responses alone
    /// are billed is how the page reads. gemini-2.5-flash in a batch 0.15 and 1.25 (half of 0.30 and 2.50, litellm or genai-prices, 2026-09): 8 × 0.15 + 840 × 1.25 = 1051.2.
    /// </summary>
    [TestCase("""{"response":{"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":11,"thoughtsTokenCount":829},"candidates":[]},"key":"j"}""", 1_051_200_000L, TestName = "Gemini_a_response_is_billed_with_its_thoughts")]
    [TestCase("""{"response":{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":8} },"key":"j"}""", 1_200_000L, TestName = "Gemini_a_blocked_prompt_is_a_response_and_billed_for_its_input")]
    [TestCase("""{"key":"j","error":{"code":3,"message":"Request contains an invalid argument."}}""", null, TestName = "Gemini_a_status_is_not_billed")]
    public void Gemini(string line, long? pico) => Check(new Lane(Provider.Gemini, "generateContent", "gemini-2.5-flash", "t"), new GeminiResultReader(s_redaction).Read(LineOf(line), isCancelled: false)!, pico);

    /// <summary>A model that no list knows: the answer is billed, nobody knows how much, and it counts as unpriced, never as free.</summary>
    [Test]
    public void An_answer_of_an_unknown_model_has_no_price() => Check(
        new Lane(Provider.OpenAi, "/v1/chat/completions", "acme-1", "t"),
        new OpenAiResultReader(s_redaction).Read(LineOf("""{"custom_id":"j","response":{"status_code":200,"body":{"usage":{"prompt_tokens":9,"completion_tokens":1} } },"error":null}"""))!,
        null);

    private static void Check(Lane lane, ResultLine line, long? pico) =>
        Assert.That(s_prices.Of(lane, AnswerReader.VerdictOf(line), s_at)?.Batch, Is.EqualTo(pico));

    private static Line LineOf(string text) => new(Encoding.UTF8.GetBytes(text), IsCut: false, IsTerminated: true);
}
