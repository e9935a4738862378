using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace BatchWorker.Tests.Providers.Gemini;

/// <summary>Looking at batches and cancelling them, with all that a provider may leave out.</summary>
internal sealed class BatchTests
{
    private const string Full = """
        {"name":"batches/o08h","done":true,
         "metadata":{"@type":"type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch","model":"models/gemini-3.8-flash",
           "displayName":"bw:batch_01:2","state":"BATCH_STATE_SUCCEEDED","createTime":"2026-11-23T20:45:18.123456789Z","endTime":"2026-11-23T21:00:00Z",
           "inputConfig":{"fileName":"files/in"},
           "batchStats":{"requestCount":"100","successfulRequestCount":"95","failedRequestCount":"5"},
           "output":{"responsesFile":"files/batch-o08h"}},
         "response":{"@type":"type.googleapis.com/x","responsesFile":"files/batch-o08h"}}
        """;

    private WireMockServer _server = null!;
    private GeminiClient _client = null!;

    [SetUp]
    public void Start()
    {
        _server = WireMockServer.Start();
        _client = new GeminiClient(_server.Url!);
    }

    [TearDown]
    public void Stop()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [Test]
    public async Task A_full_batch_is_read_whole()
    {
        Assert.That(await ReadAsync(Full), Is.EqualTo(new ProviderBatch
        {
            Id = "batches/o08h",
            Phase = ProviderPhase.Completed,
            RawStatus = "BATCH_STATE_SUCCEEDED",
            CreatedAt = new DateTimeOffset(2026, 11, 23, 20, 45, 18, TimeSpan.Zero).AddTicks(1234567),
            RequestCount = 100,
            DoneCount = 100,
            HasBegun = true,
            Reported = new ReportedCounts { Requests = 100, Succeeded = 95 },
            OutputFileId = "files/batch-o08h",
            InputFileId = "files/in",
            Tag = new SubmissionTag("batch_01", 2),
        }).Using<ProviderBatch>((left, right) => left with { Errors = right.Errors } == right && left.Errors.SequenceEqual(right.Errors)));
    }

    [Test]
    public async Task The_key_goes_into_a_header_and_not_into_the_address()
    {
        await ReadAsync(Full);
        var request = _server.LogEntries.Single().RequestMessage!;
        Assert.That((request.Url, request.Headers!["x-goog-api-key"].Single()), Is.EqualTo(($"{_server.Url}/v1beta/batches/b", GeminiClient.Key)));
    }

    [TestCase("""{"name":"batches/b","done":true}""")]
    [TestCase("""{"name":"batches/b","done":true,"metadata":null,"response":null,"error":null}""")]
    [TestCase("""{"name":"batches/b","metadata":{"state":"BATCH_STATE_SUCCEEDED","displayName":"somebody's","batchStats":{},"output":{"responsesFile":""}}}""")]
    [TestCase("""{"name":"batches/b","metadata":{"state":"BATCH_STATE_SUCCEEDED","displayName":"bw:batch_01:two","batchStats":[],"output":"x","createTime":"soon","inputConfig":7}}""")]
    [TestCase("""{"name":"batches/b","metadata":{"state":"BATCH_STATE_SUCCEEDED","displayName":"bw::1","batchStats":{"requestCount":"-9"},"output":{"responsesFile":"https://elsewhere/x"},"createTime":17}}""")]
    public async Task Whatever_is_absent_null_or_odd_counts_as_none(string json)
    {
        var batch = await ReadAsync(json);
        Assert.That(
            (batch.Phase, batch.OutputFileId, batch.InputFileId, batch.Tag, batch.CreatedAt, batch.RequestCount, batch.DoneCount, batch.Errors.Count),
            Is.EqualTo((ProviderPhase.Completed, (string?)null, (string?)null, (SubmissionTag?)null, (DateTimeOffset?)null, 0L, 0L, 0)));
    }

    [Test]
    public async Task Every_state_has_its_phase_with_either_prefix(
        [Values("BATCH_STATE_", "JOB_STATE_")] string prefix,
        [Values("PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED")] string word)
    {
        var batch = await ReadAsync($$"""{"name":"batches/b","metadata":{"state":"{{prefix}}{{word}}"} }""");
        var phase = word switch { "PENDING" => "Validating", "SUCCEEDED" => "Completed", _ => $"{word[0]}{word[1..].ToLowerInvariant()}" };
        Assert.That(($"{batch.Phase}", batch.RawStatus), Is.EqualTo((phase, prefix + word)));
        Assert.That(_client.Logs.Lines, Has.None.Contains("does not know"));
    }

    [TestCase("""{"name":"batches/b","metadata":{"state":"BATCH_STATE_MEDITATING"}}""")]
    [TestCase("""{"name":"batches/b","metadata":{"state":"MEDITATING"}}""")]
    [TestCase("""{"name":"batches/b","metadata":{}}""")]
    [TestCase("""{"name":"batches/b"}""")]
    public async Task An_unknown_state_counts_as_running_and_is_logged_once(string json)
    {
        await ReadAsync(json);
        Assert.That((await _client.Provider.GetAsync("batches/b", CancellationToken.None)).Value!.Phase, Is.EqualTo(ProviderPhase.Running));
        Assert.That(_client.Logs.Lines.Where(line => line.Contains("does not know")), Has.Exactly(1).Items);
    }

    [TestCase("", ProviderPhase.Completed)]
    [TestCase(""","metadata":{"state":"BATCH_STATE_MEDITATING"},"response":{"responsesFile":"files/batch-b"}""", ProviderPhase.Completed)]
    [TestCase(""","metadata":{"state":"BATCH_STATE_RUNNING"},"response":{"responsesFile":"files/batch-b"}""", ProviderPhase.Completed)]
    [TestCase(""","error":{"code":1,"message":"Stopped."}""", ProviderPhase.Cancelled)]
    [TestCase(""","error":{"code":13}""", ProviderPhase.Failed)]
    [TestCase(""","metadata":{"state":"BATCH_STATE_EXPIRED"},"error":{"code":4}""", ProviderPhase.Expired)]
    [TestCase(""","metadata":{"state":"BATCH_STATE_CANCELLED"},"error":{"code":13}""", ProviderPhase.Cancelled)]
    public async Task An_operation_that_is_done_has_ended_whatever_its_state(string rest, object phase)
    {
        Assert.That((await ReadAsync($$"""{"name":"batches/b","done":true{{rest}}}""")).Phase, Is.EqualTo((ProviderPhase)phase));
    }

    [TestCase("PENDING", "", false)]
    [TestCase("FAILED", "", false)]
    [TestCase("CANCELLED", "", false)]
    [TestCase("CANCELLED", ""","batchStats":{"requestCount":"9"}""", false)]
    [TestCase("CANCELLED", ""","batchStats":{"requestCount":"9","failedRequestCount":"1"}""", true)]
    [TestCase("CANCELLED", ""","output":{"responsesFile":"files/batch-b"}""", true)]
    [TestCase("RUNNING", "", true)]
    [TestCase("SUCCEEDED", "", true)]
    [TestCase("EXPIRED", "", true)]
    public async Task A_batch_has_begun_once_it_runs_or_has_answers(string word, string rest, bool begun)
    {
        var batch = await ReadAsync($$"""{"name":"batches/b","metadata":{"state":"BATCH_STATE_{{word}}"{{rest}} } }""");
        Assert.That(batch.HasBegun, Is.EqualTo(begun));
    }

    [TestCase("""{"name":"batches/b","metadata":{"state":"BATCH_STATE_SUCCEEDED","output":{"responsesFile":"files/batch-b"}}}""")]
    [TestCase("""{"name":"batches/b","metadata":{"state":"BATCH_STATE_SUCCEEDED"},"response":{"responsesFile":"files/batch-b"}}""")]
    [TestCase("""{"name":"batches/b","metadata":{"state":"BATCH_STATE_SUCCEEDED","output":{}},"response":{"output":{"responsesFile":"files/batch-b"}}}""")]
    public async Task The_result_file_is_found_wherever_it_is_named(string json)
    {
        Assert.That((await ReadAsync(json)).OutputFileId, Is.EqualTo("files/batch-b"));
    }

    [Test]
    public async Task A_failed_batch_says_why_with_googles_word_and_without_a_key()
    {
        var batch = await ReadAsync("""{"name":"batches/b","done":true,"metadata":{"state":"BATCH_STATE_FAILED"},"error":{"code":8,"message":"Quota of AIzaSyA0123456789"}}""");
        Assert.That(batch.Errors, Is.EqualTo(new[] { new ProviderError(null, "RESOURCE_EXHAUSTED", "Quota of [redacted]") }));
    }

    [TestCase("<html>"), TestCase("{}"), TestCase("""{"name":"operations/b"}"""), TestCase("""{"name":"batches/"}"""), TestCase("[]"), TestCase("")]
    public async Task An_answer_that_is_no_batch_is_a_failure(string body)
    {
        Answer("/v1beta/batches/b", 200, body);
        var answer = await _client.Provider.GetAsync("batches/b", CancellationToken.None);
        Assert.That(answer.Failure, Has.Property("Kind").EqualTo(FailureKind.Unavailable).And.Property("Code").EqualTo("unreadable_answer"));
    }

    [Test]
    public async Task A_batch_that_vanished_is_not_found()
    {
        Answer("/v1beta/batches/b", 404, """{"error":{"code":404,"message":"Requested entity was not found.","status":"NOT_FOUND"}}""");
        var answer = await _client.Provider.GetAsync("b", CancellationToken.None);
        Assert.That(answer.Failure, Is.EqualTo(new ProviderFailure(FailureKind.NotFound, "NOT_FOUND", "Requested entity was not found.")));
    }

    [TestCase(200, "{}")]
    [TestCase(400, """{"error":{"code":400,"message":"Already ended.","status":"FAILED_PRECONDITION"}}""")]
    public async Task Cancelling_answers_with_the_batch_as_it_is_then(int status, string body)
    {
        Answer("/v1beta/batches/b:cancel", status, body, "POST");
        Answer("/v1beta/batches/b", 200, """{"name":"batches/b","metadata":{"state":"BATCH_STATE_RUNNING"}}""");
        var answer = await _client.Provider.CancelAsync("batches/b", CancellationToken.None);
        Assert.That(answer.Value!.Phase, Is.EqualTo(ProviderPhase.Running));
        Assert.That(_server.LogEntries.Select(entry => entry.RequestMessage!.Method), Is.EqualTo(new[] { "POST", "GET" }));
    }

    [Test]
    public async Task Cancelling_what_is_not_there_is_not_found()
    {
        Answer("/v1beta/batches/b:cancel", 404, "{}", "POST");
        Assert.That((await _client.Provider.CancelAsync("batches/b", CancellationToken.None)).Failure!.Kind, Is.EqualTo(FailureKind.NotFound));
    }

    [Test]
    public async Task A_probe_is_one_list_call_and_finds_nothing_at_a_healthy_provider()
    {
        Answer("/v1beta/batches", 200, "{}");
        Assert.That(await _client.Provider.ProbeAsync(CancellationToken.None), Is.Null);
        Assert.That(_server.LogEntries.Single().RequestMessage!.Url, Does.EndWith("/v1beta/batches?pageSize=1"));
    }

    private async Task<ProviderBatch> ReadAsync(string json)
    {
        Answer("/v1beta/batches/b", 200, json);
        return (await _client.Provider.GetAsync("batches/b", CancellationToken.None)).Value!;
    }

    private void Answer(string path, int status, string body, string method = "GET") => _server
        .Given(Request.Create().WithPath(path).UsingMethod(method))
        .RespondWith(Response.Create().WithStatusCode(status).WithBody(body));
}
