using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Providers.Anthropic;
using BatchWorker.Providers.Http;

namespace BatchWorker.Tests.Providers.Anthropic;

internal sealed class ResultLineTests
{
    private static readonly AnthropicResultReader s_reader = new(new Redaction(null));

    [Test]
    public void An_answer_is_kept_byte_for_byte_with_its_usage()
    {
        const string Message = """{ "id":"msg_01A","content":[{"type":"text","text":"\u00e9 4 😀","usage":{"input_tokens":77}}], "n":1.50e3, "usage":{"input_tokens":10,"output_tokens":34,"cache_creation_input_tokens":5,"cache_read_input_tokens":7,"cache_creation":null} , "model":"m"}""";
        var line = Read($$$"""{"custom_id":"job_1","result":{"message":{{{Message}}} ,"type":"succeeded"}}""");
        Assert.That(Encoding.UTF8.GetString(line.Body.Span), Is.EqualTo(Message));
        Assert.That(line with { Body = default }, Is.EqualTo(new ResultLine
        {
            CustomId = "job_1",
            Outcome = Outcome.Succeeded,
            Usage = new Usage(22, 34, 7),
        }));
    }

    [TestCase("""{"input_tokens":8}""", 8u, 0u, 0u)]
    [TestCase("""{"input_tokens":8,"output_tokens":2,"cache_creation_input_tokens":null,"cache_read_input_tokens":null}""", 8u, 2u, 0u)]
    [TestCase("""{"input_tokens":0,"cache_read_input_tokens":900,"output_tokens":1}""", 900u, 1u, 900u)]
    [TestCase("""{"input_tokens":-8,"output_tokens":"2"}""", 0u, 0u, 0u)]
    [TestCase("""{"input_tokens":4294967295,"cache_read_input_tokens":9223372036854775807,"cache_creation_input_tokens":9223372036854775807,"output_tokens":2}""", uint.MaxValue, 2u, uint.MaxValue)]
    [TestCase("null", 0u, 0u, 0u)]
    [TestCase("[1]", 0u, 0u, 0u)]
    public void All_prompt_tokens_are_input_those_from_the_cache_too(string usage, uint input, uint output, uint cached)
    {
        Assert.That(Answer($$"""{"usage":{{usage}} }""").Usage, Is.EqualTo(new Usage(input, output, cached)));
    }

    [Test]
    public void A_refusal_of_the_model_is_an_answer_and_paid() =>
        Assert.That(Answer("""{"stop_reason":"refusal","content":[]}""").Outcome, Is.EqualTo(Outcome.Succeeded));

    [Test]
    public void An_answer_without_usage_and_with_deep_nesting_is_an_answer()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 200)) + string.Concat(Enumerable.Repeat("]", 200));
        Assert.That(Answer($$"""{"content":{{deep}} }""").Outcome, Is.EqualTo(Outcome.Succeeded));
    }

    [TestCase("invalid_request_error", "max_tokens: must be >= 1", false)]
    [TestCase("authentication_error", "x", false)]
    [TestCase("permission_error", "x", false)]
    [TestCase("not_found_error", "model: claude-none", false)]
    [TestCase("billing_error", "x", false)]
    [TestCase("request_too_large", "x", false)]
    [TestCase("api_error", "Internal server error", true)]
    [TestCase("overloaded_error", "Overloaded", true)]
    [TestCase("timeout_error", "x", true)]
    [TestCase("rate_limit_error", "x", true)]
    [TestCase("error_of_next_year", "x", true)]
    [TestCase("invalid_request_error", "Overloaded", true)]
    [TestCase("invalid_request_error", "tools.0: the name is overloaded", false)]
    public void An_error_says_whether_it_is_worth_another_try(string type, string message, bool retryable)
    {
        var line = Read($$$$"""{"custom_id":"job_2","result":{"type":"errored","error":{"type":"error","error":{"type":"{{{{type}}}}","message":"{{{{message}}}}","details":null},"request_id":null}}}""");
        Assert.That(line, Is.EqualTo(new ResultLine { CustomId = "job_2", Outcome = Outcome.Failed, Error = new JobError(type, message, retryable) }));
    }

    [TestCase("""{"type":"invalid_request_error","message":"Flat."}""", "invalid_request_error", "Flat.")]
    [TestCase("""{"error":{"type":"api_error"}}""", "api_error", "The provider gave no reason.")]
    [TestCase("{}", "unknown_error", "The provider gave no reason.")]
    [TestCase("null", "unknown_error", "The provider gave no reason.")]
    [TestCase("\"text\"", "unknown_error", "The provider gave no reason.")]
    public void An_error_of_another_shape_still_has_a_word(string error, string code, string message)
    {
        var line = Read($$$"""{"custom_id":"job_2","result":{"type":"errored","error":{{{error}}}}}""");
        Assert.That((line.Error!.Code, line.Error.Message), Is.EqualTo((code, message)));
    }

    [TestCase("canceled", Outcome.Cancelled, "batch_cancelled", false)]
    [TestCase("expired", Outcome.Expired, "batch_expired", true)]
    public void A_request_that_did_not_run_says_why(string type, object outcome, string code, bool retryable)
    {
        var line = Read($$$"""{"custom_id":"job_3","result":{"type":"{{{type}}}"}}""");
        Assert.That((line.Outcome, line.Error!.Code, line.Error.Retryable), Is.EqualTo(((Outcome)outcome, code, retryable)));
    }

    [TestCase("""{"custom_id":"job_4","result":{"type":"succeeded","message":{"cont""", "job_4")]
    [TestCase("""{"custom_id":"job_4","result":{"type":"succeeded","message":{}}} trailing""", "job_4")]
    [TestCase("""{"custom_id":"job_4","result":{"type":"succeeded"}}""", "job_4")]
    [TestCase("""{"custom_id":"job_4","result":{"type":"succeeded","message":"text"}}""", "job_4")]
    [TestCase("""{"custom_id":"job_4","result":{"type":"dreaming","message":{}}}""", "job_4")]
    [TestCase("""{"custom_id":"job_4","result":{"message":{}}}""", "job_4")]
    [TestCase("""{"custom_id":"job_4","result":[]}""", "job_4")]
    [TestCase("""{"custom_id":"job_4"}""", "job_4")]
    [TestCase("""{"custom_id":"job_4\ud800"}""", null)]
    [TestCase("""{"custom_id":7,"result":{"type":"canceled","x":1}""", null)]
    [TestCase("""["job_4"]""", null)]
    [TestCase("#### not json", null)]
    public void A_garbled_line_is_missing_and_keeps_the_id_that_can_be_read(string text, string? customId)
    {
        var line = Read(text);
        Assert.That((line.Outcome, line.CustomId, line.Error!.Retryable), Is.EqualTo((Outcome.Missing, customId, true)));
    }

    [Test]
    public void Bytes_that_are_no_utf8_garble_only_their_line()
    {
        var bytes = Encoding.Latin1.GetBytes("{\"custom_id\":\"job_5\",\"result\":{\"type\":\"succeeded\",\"message\":{\"a\":\"\xff\"}}}");
        var line = s_reader.Read(new Line(bytes, IsCut: false, IsTerminated: true))!;
        Assert.That((line.Outcome, line.CustomId), Is.EqualTo((Outcome.Missing, "job_5")));
    }

    [TestCase(""), TestCase("  \t"), TestCase("\r"), TestCase("\uFEFF")]
    public void A_blank_line_is_nothing(string text) =>
        Assert.That(s_reader.Read(new Line(Encoding.UTF8.GetBytes(text), IsCut: false, IsTerminated: true)), Is.Null);

    [Test]
    public void A_key_in_the_providers_text_is_blotted_out()
    {
        var line = Read("""{"custom_id":"j","result":{"type":"errored","error":{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key sk-ant-api03-0123456789"}}}}""");
        Assert.That(line.Error!.Message, Is.EqualTo("invalid x-api-key [redacted]"));
    }

    private static ResultLine Answer(string message) => Read($$$"""{"custom_id":"job_1","result":{"type":"succeeded","message":{{{message}}}}}""");

    private static ResultLine Read(string text) => s_reader.Read(new Line(Encoding.UTF8.GetBytes(text), IsCut: false, IsTerminated: true))!;
}
