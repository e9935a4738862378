using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Providers.Gemini;
using BatchWorker.Providers.Http;

namespace BatchWorker.Tests.Providers.Gemini;

internal sealed class ResultLineTests
{
    private static readonly GeminiResultReader Reader = new(new Redaction(null));

    [Test]
    public void An_answer_is_kept_byte_for_byte_with_its_usage()
    {
        const string Body = """{ "responseId":"6VFk","candidates":[{"content":{"parts":[{"text":"\u00e9 4 😀"}]}}], "n":1.50e3, "usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":11,"thoughtsTokenCount":829,"cachedContentTokenCount":4,"totalTokenCount":848} , "modelVersion":"gemini-3.8-flash"}""";
        var line = Read($$"""{"response":{{Body}} , "key":"job_1"}""");
        Assert.That(Encoding.UTF8.GetString(line.Body.Span), Is.EqualTo(Body));
        Assert.That(line with { Body = default }, Is.EqualTo(new ResultLine { CustomId = "job_1", Outcome = Outcome.Succeeded, Usage = new Usage(8, 840, 4) }));
    }

    [TestCase("""{"usageMetadata":{"promptTokenCount":8}}""", 8u, 0u, 0u)]
    [TestCase("""{"usageMetadata":{"promptTokenCount":8,"toolUsePromptTokenCount":5,"candidatesTokenCount":2}}""", 13u, 2u, 0u)]
    [TestCase("""{"usageMetadata":{"thoughtsTokenCount":3}}""", 0u, 3u, 0u)]
    [TestCase("""{"usageMetadata":{"promptTokenCount":"8","candidatesTokenCount":"2"}}""", 8u, 2u, 0u)]
    [TestCase("""{"usageMetadata":{"promptTokenCount":-8,"candidatesTokenCount":"two","cachedContentTokenCount":null}}""", 0u, 0u, 0u)]
    [TestCase("""{"usageMetadata":{"promptTokenCount":99999999999,"toolUsePromptTokenCount":9223372036854775807}}""", uint.MaxValue, 0u, 0u)]
    [TestCase("""{"usageMetadata":null}""", 0u, 0u, 0u)]
    [TestCase("""{"usageMetadata":[1]}""", 0u, 0u, 0u)]
    [TestCase("""{"embedding":{"values":[0.1,0.2]},"tokenCount":"17"}""", 17u, 0u, 0u)]
    [TestCase("""{"embedding":{"values":[0.1],"tokenCount":"5"},"tokenCount":17}""", 17u, 0u, 0u)]
    [TestCase("""{"embedding":{"values":[0.1]},"tokenCount":{"n":1}}""", 0u, 0u, 0u)]
    [TestCase("""{"tokenCount":"17","usageMetadata":{"promptTokenCount":18}}""", 18u, 0u, 0u)]
    [TestCase("""{"candidates":[{"usageMetadata":{"promptTokenCount":77}}]}""", 0u, 0u, 0u)]
    public void Usage_is_read_of_content_and_embeddings_and_may_be_missing(string response, uint input, uint output, uint cached)
    {
        var line = Read($$"""{"key":"job_1","response":{{response}} }""");
        Assert.That((line.Outcome, line.Usage), Is.EqualTo((Outcome.Succeeded, new Usage(input, output, cached))));
    }

    [TestCase("""{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":9}}""")]
    [TestCase("""{"candidates":[],"promptFeedback":{"blockReason":"OTHER"}}""")]
    [TestCase("{}")]
    public void A_blocked_prompt_is_an_answer(string response)
    {
        var line = Read($$"""{"key":"job_1","response":{{response}} }""");
        Assert.That((line.Outcome, Encoding.UTF8.GetString(line.Body.Span), line.Error), Is.EqualTo((Outcome.Succeeded, response, (JobError?)null)));
    }

    [Test]
    public void An_answer_with_deep_nesting_is_an_answer_and_counts_whatever_stands_beside_it()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 200)) + string.Concat(Enumerable.Repeat("]", 200));
        Assert.That(Read($$"""{"key":"j","error":{"code":13},"response":{"a":{{deep}} } }""").Outcome, Is.EqualTo(Outcome.Succeeded));
    }

    [TestCase("""{"code":3,"message":"Bad."}""", "INVALID_ARGUMENT", false, 0)]
    [TestCase("""{"code":5,"message":"Bad."}""", "NOT_FOUND", false, 0)]
    [TestCase("""{"code":7,"message":"Bad."}""", "PERMISSION_DENIED", false, 0)]
    [TestCase("""{"code":9,"message":"Bad."}""", "FAILED_PRECONDITION", false, 0)]
    [TestCase("""{"code":11,"message":"Bad."}""", "OUT_OF_RANGE", false, 0)]
    [TestCase("""{"code":12,"message":"Bad."}""", "UNIMPLEMENTED", false, 0)]
    [TestCase("""{"code":15,"message":"Bad."}""", "DATA_LOSS", false, 0)]
    [TestCase("""{"code":16,"message":"Bad."}""", "UNAUTHENTICATED", false, 0)]
    [TestCase("""{"code":1,"message":"Bad."}""", "CANCELLED", true, 0)]
    [TestCase("""{"code":2,"message":"Bad."}""", "UNKNOWN", true, 0)]
    [TestCase("""{"code":4,"message":"Bad."}""", "DEADLINE_EXCEEDED", true, 0)]
    [TestCase("""{"code":8,"message":"Bad."}""", "RESOURCE_EXHAUSTED", true, 0)]
    [TestCase("""{"code":10,"message":"Bad."}""", "ABORTED", true, 0)]
    [TestCase("""{"code":13,"message":"Bad."}""", "INTERNAL", true, 0)]
    [TestCase("""{"code":"14","message":"Bad."}""", "UNAVAILABLE", true, 0)]
    [TestCase("""{"code":400,"message":"Bad."}""", "INVALID_ARGUMENT", false, 400)]
    [TestCase("""{"code":403,"message":"Bad."}""", "PERMISSION_DENIED", false, 403)]
    [TestCase("""{"code":404,"message":"Bad."}""", "NOT_FOUND", false, 404)]
    [TestCase("""{"code":408,"message":"Bad."}""", "http_408", true, 408)]
    [TestCase("""{"code":422,"message":"Bad."}""", "http_422", false, 422)]
    [TestCase("""{"code":429,"message":"Bad."}""", "RESOURCE_EXHAUSTED", true, 429)]
    [TestCase("""{"code":500,"message":"Bad."}""", "INTERNAL", true, 500)]
    [TestCase("""{"code":502,"message":"Bad."}""", "http_502", true, 502)]
    [TestCase("""{"code":503,"message":"Bad.","status":"UNAVAILABLE"}""", "UNAVAILABLE", true, 503)]
    [TestCase("""{"code":400,"message":"Bad.","status":"NEW_WORD"}""", "NEW_WORD", false, 400)]
    [TestCase("""{"code":99,"message":"Bad."}""", "UNKNOWN", true, 0)]
    [TestCase("""{"message":"Bad."}""", "UNKNOWN", true, 0)]
    public void A_status_object_failed_with_googles_word(string status, string code, bool retryable, int http)
    {
        var failed = new ResultLine { CustomId = "job_2", Outcome = Outcome.Failed, Error = new JobError(code, "Bad.", retryable), StatusCode = http };
        Assert.That(Read($$"""{"key":"job_2","error":{{status}} }"""), Is.EqualTo(failed));
        Assert.That(Read($$"""{"key":"job_2","response":null,"status":{{status}} }"""), Is.EqualTo(failed));
    }

    [Test]
    public void A_request_that_was_cancelled_with_its_batch_is_not_tried_again()
    {
        var line = Reader.Read(LineOf("""{"key":"j","error":{"code":1,"message":"Stopped."}}"""), isCancelled: true)!;
        Assert.That((line.Outcome, line.Error), Is.EqualTo((Outcome.Cancelled, new JobError("CANCELLED", "Stopped.", Retryable: false))));
    }

    [Test]
    public void A_failure_without_a_text_still_has_one()
    {
        Assert.That(Read("""{"key":"j","error":{"code":13}}""").Error!.Message, Is.EqualTo("The provider gave no reason."));
    }

    [Test]
    public void The_key_of_an_answer_inside_an_operation_is_in_its_metadata()
    {
        Assert.That(Read("""{"response":{},"metadata":{"key":"job_3"}}""").CustomId, Is.EqualTo("job_3"));
        Assert.That(Read("""{"key":"job_3","response":{},"metadata":{"key":"job_4"}}""").CustomId, Is.EqualTo("job_3"));
    }

    [TestCase("""{"key":"job_4","response":{"cand""", "job_4")]
    [TestCase("""{"key":"job_4","response":{}} trailing""", "job_4")]
    [TestCase("""{"key":"job_4"}""", "job_4")]
    [TestCase("""{"key":"job_4","response":null,"error":null}""", "job_4")]
    [TestCase("""{"key":"job_4","response":"text"}""", "job_4")]
    [TestCase("""{"key":"job_4","response":[{}]}""", "job_4")]
    [TestCase("""{"key":"job_4","response":{"a":NaN}}""", "job_4")]
    [TestCase("""{"key":"job_4\ud800","response":{}}""", null)]
    [TestCase("""{"key":7}""", null)]
    [TestCase("""["job_4"]""", null)]
    [TestCase("7", null)]
    [TestCase("#### not json", null)]
    [TestCase("{", null)]
    public void A_garbled_line_is_missing_and_keeps_the_key_that_can_be_read(string text, string? key)
    {
        var line = Read(text);
        Assert.That((line.Outcome, line.CustomId, line.Error!.Retryable), Is.EqualTo((Outcome.Missing, key, true)));
    }

    [Test]
    public void Bytes_that_are_no_utf8_garble_only_their_line()
    {
        var bytes = Encoding.Latin1.GetBytes("{\"key\":\"job_5\",\"response\":{\"a\":\"\xff\"}}");
        var line = Reader.Read(new Line(bytes, IsCut: false, IsTerminated: true), isCancelled: false)!;
        Assert.That((line.Outcome, line.CustomId), Is.EqualTo((Outcome.Missing, "job_5")));
    }

    [Test]
    public void A_line_that_was_cut_is_missing_under_its_key()
    {
        var line = Reader.Read(LineOf("""{"key":"job_6","response":{"x":"aaaa""") with { IsCut = true }, isCancelled: false)!;
        Assert.That((line.Outcome, line.CustomId), Is.EqualTo((Outcome.Missing, "job_6")));
    }

    [TestCase(""), TestCase("  \t"), TestCase("\r"), TestCase("\uFEFF")]
    public void A_blank_line_is_nothing(string text)
    {
        Assert.That(Reader.Read(LineOf(text), isCancelled: false), Is.Null);
    }

    [Test]
    public void A_byte_order_mark_and_carriage_returns_do_no_harm()
    {
        Assert.That(Read("\uFEFF{\"key\":\"job_7\",\"response\":{}}\r").Outcome, Is.EqualTo(Outcome.Succeeded));
    }

    [TestCase("Key AIzaSyA0123456789 is bad", "Key [redacted] is bad")]
    [TestCase("GET https://x/v1beta/files?key=AQ.secret&alt=media", "GET https://x/v1beta/files?key=[redacted]&alt=media")]
    public void A_key_in_googles_text_is_blotted_out(string text, string clean)
    {
        Assert.That(Read($$"""{"key":"j","error":{"code":7,"message":"{{text}}"} }""").Error!.Message, Is.EqualTo(clean));
    }

    private static ResultLine Read(string text) => Reader.Read(LineOf(text), isCancelled: false)!;

    private static Line LineOf(string text) => new(Encoding.UTF8.GetBytes(text), IsCut: false, IsTerminated: true);
}
