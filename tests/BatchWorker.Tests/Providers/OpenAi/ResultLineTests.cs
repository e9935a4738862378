using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Providers.Http;
using BatchWorker.Providers.OpenAi;

namespace BatchWorker.Tests.Providers.OpenAi;

internal sealed class ResultLineTests
{
    private static readonly OpenAiResultReader Reader = new(new Redaction(null));

    [Test]
    public void A_chat_answer_is_kept_byte_for_byte_with_its_usage()
    {
        const string Body = """{ "id":"chatcmpl-1","choices":[{"message":{"content":"\u00e9 4 😀"}}], "n":1.50e3, "usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10,"prompt_tokens_details":{"cached_tokens":4}} , "model":"gpt-4o"}""";
        var line = Read($$"""{"id":"batch_req_1","custom_id":"job_1","response":{"status_code":200,"request_id":"req_a1","body":{{Body}} },"error":null}""");
        Assert.That(Encoding.UTF8.GetString(line.Body.Span), Is.EqualTo(Body));
        Assert.That(line with { Body = default }, Is.EqualTo(new ResultLine
        {
            CustomId = "job_1",
            Outcome = Outcome.Succeeded,
            StatusCode = 200,
            Usage = new Usage(9, 1, 4),
        }));
    }

    [TestCase("""{"input_tokens":20,"input_tokens_details":{"cached_tokens":16},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":3}}""", 20u, 5u, 16u)]
    [TestCase("""{"prompt_tokens":8,"total_tokens":8}""", 8u, 0u, 0u)]
    [TestCase("""{"prompt_tokens":8,"completion_tokens":2,"prompt_tokens_details":null}""", 8u, 2u, 0u)]
    [TestCase("""{"prompt_tokens":-8,"completion_tokens":"2"}""", 0u, 0u, 0u)]
    [TestCase("""{"prompt_tokens":99999999999,"completion_tokens":2}""", uint.MaxValue, 2u, 0u)]
    [TestCase("null", 0u, 0u, 0u)]
    [TestCase("[1]", 0u, 0u, 0u)]
    public void Usage_is_read_in_the_words_of_every_endpoint(string usage, uint input, uint output, uint cached)
    {
        var line = Answer($$"""{"object":"response","usage":{{usage}},"data":[[{"usage":{"prompt_tokens":77} }]]}""");
        Assert.That(line.Usage, Is.EqualTo(new Usage(input, output, cached)));
        Assert.That(line.Outcome, Is.EqualTo(Outcome.Succeeded));
    }

    [Test]
    public void What_went_into_the_cache_is_read_too() =>
        Assert.That(Answer("""{"usage":{"prompt_tokens":90,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":20,"cache_write_tokens":60} } }""").Usage, Is.EqualTo(new Usage(90, 1, 20, 60)));

    [Test]
    public void An_answer_without_usage_and_with_deep_nesting_is_an_answer()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 200)) + string.Concat(Enumerable.Repeat("]", 200));
        Assert.That(Answer($$"""{"results":{{deep}}}""").Outcome, Is.EqualTo(Outcome.Succeeded));
    }

    [TestCase(400, "unsupported_parameter", false)]
    [TestCase(401, "invalid_api_key", false)]
    [TestCase(404, "model_not_found", false)]
    [TestCase(422, "x", false)]
    [TestCase(408, "timeout", true)]
    [TestCase(409, "conflict", true)]
    [TestCase(429, "rate_limit_exceeded", true)]
    [TestCase(500, "server_error", true)]
    [TestCase(503, "overloaded", true)]
    public void A_refused_request_failed_with_the_providers_reason(int status, string code, bool retryable)
    {
        var line = Read($$"""{"id":"b","custom_id":"job_2","response":{"status_code":{{status}},"request_id":"r","body":{"error":{"message":"Because.","type":"t","param":null,"code":"{{code}}"} } },"error":null}""");
        Assert.That(line, Is.EqualTo(new ResultLine
        {
            CustomId = "job_2",
            Outcome = Outcome.Failed,
            Error = new JobError(code, "Because.", retryable),
            StatusCode = status,
        }));
    }

    [TestCase("""{"error":{"message":"m","type":"server_error","code":null}}""", "server_error")]
    [TestCase("""{"error":"text"}""", "http_500")]
    [TestCase("\"text\"", "http_500")]
    [TestCase("null", "http_500")]
    public void A_refusal_without_a_code_still_has_a_word(string body, string code)
    {
        var line = Read($$"""{"custom_id":"job_2","response":{"status_code":500,"body":{{body}} },"error":null}""");
        Assert.That(line.Error!.Code, Is.EqualTo(code));
    }

    [TestCase("batch_expired", Outcome.Expired, true)]
    [TestCase("batch_cancelled", Outcome.Cancelled, false)]
    [TestCase("server_error", Outcome.Failed, true)]
    [TestCase("invalid_request", Outcome.Failed, false)]
    public void A_request_that_did_not_run_says_why(string code, object outcome, bool retryable)
    {
        var line = Read($$"""{"id":"b","custom_id":"job_3","response":null,"error":{"code":"{{code}}","message":"Not run."} }""");
        Assert.That(line, Is.EqualTo(new ResultLine
        {
            CustomId = "job_3",
            Outcome = (Outcome)outcome,
            Error = new JobError(code, "Not run.", retryable),
        }));
    }

    [TestCase("""{"id":"b","custom_id":"job_4","response":{"status_code":200,"body":{"cho""", "job_4")]
    [TestCase("""{"id":"b","custom_id":"job_4"} trailing""", "job_4")]
    [TestCase("""{"id":"b","custom_id":"job_4","response":null,"error":null}""", "job_4")]
    [TestCase("""{"id":"b","custom_id":"job_4","response":{"status_code":200,"body":null},"error":null}""", "job_4")]
    [TestCase("""{"id":"b","custom_id":"job_4","response":{"status_code":200,"body":"text"},"error":null}""", "job_4")]
    [TestCase("""{"id":"b","custom_id":"job_4","response":{"body":{"a":1}},"error":null}""", "job_4")]
    [TestCase("""{"id":"b","custom_id":"job_4","response":{"status_code":200,"body":{"a":NaN}}}""", "job_4")]
    [TestCase("""{"id":"b","custom_id":"job_4","response":[]}""", "job_4")]
    [TestCase("""{"id":"b","custom_id":"job_4\ud800"}""", null)]
    [TestCase("""{"id":"b","custom_id":7,"response":null,"error":null}""", null)]
    [TestCase("""["job_4"]""", null)]
    [TestCase("7", null)]
    [TestCase("#### not json", null)]
    [TestCase("{", null)]
    public void A_garbled_line_is_missing_and_keeps_the_id_that_can_be_read(string text, string? customId)
    {
        var line = Read(text);
        Assert.That(line.Outcome, Is.EqualTo(Outcome.Missing));
        Assert.That(line.CustomId, Is.EqualTo(customId));
        Assert.That(line.Error!.Retryable);
    }

    [Test]
    public void Bytes_that_are_no_utf8_garble_only_their_line()
    {
        var bytes = Encoding.Latin1.GetBytes("{\"custom_id\":\"job_5\",\"response\":{\"status_code\":200,\"body\":{\"a\":\"\xff\"}},\"error\":null}");
        var line = Reader.Read(new Line(bytes, IsCut: false, IsTerminated: true))!;
        Assert.That((line.Outcome, line.CustomId), Is.EqualTo((Outcome.Missing, "job_5")));
    }

    [Test]
    public void A_line_that_was_cut_is_missing_under_its_id()
    {
        var line = Reader.Read(new Line("""{"id":"b","custom_id":"job_6","response":{"status_code":200,"body":{"x":"aaaa"""u8.ToArray(), IsCut: true, IsTerminated: true))!;
        Assert.That((line.Outcome, line.CustomId), Is.EqualTo((Outcome.Missing, "job_6")));
    }

    [TestCase(""), TestCase("  \t"), TestCase("\r"), TestCase("\uFEFF")]
    public void A_blank_line_is_nothing(string text)
    {
        Assert.That(Reader.Read(new Line(Encoding.UTF8.GetBytes(text), IsCut: false, IsTerminated: true)), Is.Null);
    }

    [Test]
    public void A_byte_order_mark_and_carriage_returns_do_no_harm()
    {
        Assert.That(Read("\uFEFF{\"custom_id\":\"job_7\",\"response\":{\"status_code\":200,\"body\":{}},\"error\":null}\r").Outcome, Is.EqualTo(Outcome.Succeeded));
    }

    [Test]
    public void A_key_in_the_providers_text_is_blotted_out()
    {
        var line = Read("""{"custom_id":"j","response":{"status_code":401,"body":{"error":{"message":"Incorrect API key provided: sk-proj-0123456789.","code":"invalid_api_key"}}}}""");
        Assert.That(line.Error!.Message, Is.EqualTo("Incorrect API key provided: [redacted]"));
    }

    private static ResultLine Answer(string body) =>
        Read($$"""{"custom_id":"job_1","response":{"status_code":200,"body":{{body}} },"error":null}""");

    private static ResultLine Read(string text) =>
        Reader.Read(new Line(Encoding.UTF8.GetBytes(text), IsCut: false, IsTerminated: true))!;
}
