using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Providers.Anthropic;
using BatchWorker.Providers.Gemini;
using BatchWorker.Providers.Http;
using BatchWorker.Providers.OpenAi;
using Microsoft.Extensions.Logging.Abstractions;

namespace BatchWorker.Tests.Providers;

/// <summary>What each provider says of an ended batch as a whole, in the shapes of its reference.</summary>
internal sealed class ReportedCountsTests
{
    private static readonly OpenAiBatchReader s_openAi = new(new Redaction(null), NullLogger.Instance);
    private static readonly AnthropicBatchReader s_anthropic = new(new Redaction(null), NullLogger.Instance);
    private static readonly GeminiBatchReader s_gemini = new(new Redaction(null), NullLogger.Instance);

    /// <summary>The numbers are those of the example of the batch object (OpenAI's OpenAPI document of 2026-08-21).</summary>
    [TestCase("completed", 100L, 95L, 1_500L, 500L, 1_024L)]
    [TestCase("expired", 100L, 95L, 1_500L, 500L, 1_024L)]
    [TestCase("cancelled", 100L, 95L, 1_500L, 500L, 1_024L)]
    public void OpenAI_counts_requests_answers_and_tokens(string status, long requests, long succeeded, long input, long output, long cached) => Assert.That(
        OpenAi($$"""{"status":"{{status}}","request_counts":{"total":100,"completed":95,"failed":5},"usage":{"input_tokens":1500,"input_tokens_details":{"cached_tokens":1024},"output_tokens":500,"output_tokens_details":{"reasoning_tokens":300},"total_tokens":2000} }"""),
        Is.EqualTo(new ReportedCounts { Requests = requests, Succeeded = succeeded, InputTokens = input, OutputTokens = output, CachedTokens = cached }));

    [Test]
    public void OpenAIs_batches_from_before_september_2025_have_no_usage_and_one_that_was_not_validated_has_no_size()
    {
        Assert.That(OpenAi("""{"status":"completed","request_counts":{"total":2,"completed":2,"failed":0},"usage":null}"""), Is.EqualTo(new ReportedCounts { Requests = 2, Succeeded = 2 }));
        Assert.That(OpenAi("""{"status":"failed","request_counts":{"total":0,"completed":0,"failed":0}}"""), Is.EqualTo(new ReportedCounts { Succeeded = 0 }));
        Assert.That(OpenAi("""{"status":"completed"}"""), Is.EqualTo(new ReportedCounts()));
    }

    [Test]
    public void Anthropic_counts_requests_that_succeeded_and_all_of_them() => Assert.That(
        Anthropic("""{"processing_status":"ended","request_counts":{"processing":0,"succeeded":50,"errored":30,"canceled":10,"expired":10} }"""),
        Is.EqualTo(new ReportedCounts { Requests = 100, Succeeded = 50 }));

    [Test]
    public void Gemini_leaves_out_counts_that_are_zero_and_sometimes_all_of_them()
    {
        Assert.That(
            Gemini("""{"state":"BATCH_STATE_SUCCEEDED","batchStats":{"requestCount":"2","successfulRequestCount":"1","failedRequestCount":"1"} }"""),
            Is.EqualTo(new ReportedCounts { Requests = 2, Succeeded = 1 }));
        Assert.That(Gemini("""{"state":"BATCH_STATE_EXPIRED","batchStats":{"requestCount":"2","failedRequestCount":"2"} }"""), Is.EqualTo(new ReportedCounts { Requests = 2, Succeeded = 0 }));
        Assert.That(Gemini("""{"state":"BATCH_STATE_SUCCEEDED"}"""), Is.Null);
    }

    [Test]
    public void One_that_runs_says_nothing_yet()
    {
        Assert.That(OpenAi("""{"status":"finalizing","request_counts":{"total":2,"completed":2,"failed":0} }"""), Is.Null);
        Assert.That(Anthropic("""{"processing_status":"canceling","request_counts":{"processing":2} }"""), Is.Null);
        Assert.That(Gemini("""{"state":"BATCH_STATE_RUNNING","batchStats":{"requestCount":"2","successfulRequestCount":"1"} }"""), Is.Null);
    }

    private static ReportedCounts? OpenAi(string fields) => s_openAi.Read(Parse("""{"id":"batch_1",""" + fields[1..]))!.Reported;

    private static ReportedCounts? Anthropic(string fields) => s_anthropic.Read(Parse("""{"id":"msgbatch_1",""" + fields[1..]))!.Reported;

    private static ReportedCounts? Gemini(string metadata) => s_gemini.Read(Parse("""{"name":"batches/b1","metadata":""" + metadata + "}"))!.Reported;

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
