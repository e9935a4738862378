using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace BatchWorker.Tests.Providers.OpenAi;

/// <summary>Looking at batches and cancelling them, with all that a provider may leave out.</summary>
internal sealed class BatchTests
{
    private const string Full = """
        {"id":"batch_69c3","object":"batch","endpoint":"/v1/responses","model":"gpt-5.6-luna-2026-07-10",
         "errors":null,"input_file_id":"file-9aXb","completion_window":"24h","status":"completed",
         "output_file_id":"file-out1","error_file_id":"file-err1",
         "created_at":1764000000,"in_progress_at":1764000004,"expires_at":1764086400,"finalizing_at":1764003000,
         "completed_at":1764003060,"failed_at":null,"expired_at":null,"cancelling_at":null,"cancelled_at":null,
         "request_counts":{"total":100,"completed":95,"failed":5},
         "usage":{"input_tokens":1500,"output_tokens":500,"total_tokens":2000},
         "metadata":{"bw_batch":"batch_01","bw_attempt":"2","bw_sha256":"aa"}}
        """;

    private WireMockServer _server = null!;
    private OpenAiClient _client = null!;

    [SetUp]
    public void Start()
    {
        _server = WireMockServer.Start();
        _client = new OpenAiClient(_server.Url + "/v1");
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
            Id = "batch_69c3",
            Phase = ProviderPhase.Completed,
            RawStatus = "completed",
            CreatedAt = DateTimeOffset.FromUnixTimeSeconds(1764000000),
            RequestCount = 100,
            DoneCount = 100,
            HasBegun = true,
            Reported = new ReportedCounts { Requests = 100, Succeeded = 95, InputTokens = 1_500, OutputTokens = 500 },
            OutputFileId = "file-out1",
            ErrorFileId = "file-err1",
            InputFileId = "file-9aXb",
            Tag = new SubmissionTag("batch_01", 2),
        }).Using<ProviderBatch>((left, right) => left with { Errors = right.Errors } == right && left.Errors.SequenceEqual(right.Errors)));
    }

    [TestCase("""{"id":"b","status":"completed"}""")]
    [TestCase("""{"id":"b","status":"completed","output_file_id":"","error_file_id":"","metadata":null,"errors":null,"request_counts":null,"created_at":null}""")]
    [TestCase("""{"id":"b","status":"completed","output_file_id":7,"error_file_id":{},"metadata":[],"errors":"x","request_counts":[],"created_at":"soon"}""")]
    [TestCase("""{"id":"b","status":"completed","metadata":{"bw_batch":"x"},"errors":{"data":null},"request_counts":{"total":"9"},"created_at":-1}""")]
    [TestCase("""{"id":"b","status":"completed","metadata":{"bw_batch":"x","bw_attempt":"two"},"created_at":99999999999999}""")]
    public async Task Whatever_is_absent_null_or_odd_counts_as_none(string json)
    {
        var batch = await ReadAsync(json);
        Assert.That(
            (batch.OutputFileId, batch.ErrorFileId, batch.Tag, batch.CreatedAt, batch.RequestCount, batch.DoneCount, batch.Errors.Count),
            Is.EqualTo(((string?)null, (string?)null, (SubmissionTag?)null, (DateTimeOffset?)null, 0L, 0L, 0)));
    }

    [TestCase("validating", ProviderPhase.Validating)]
    [TestCase("in_progress", ProviderPhase.Running)]
    [TestCase("finalizing", ProviderPhase.Running)]
    [TestCase("cancelling", ProviderPhase.Running)]
    [TestCase("completed", ProviderPhase.Completed)]
    [TestCase("failed", ProviderPhase.Failed)]
    [TestCase("expired", ProviderPhase.Expired)]
    [TestCase("cancelled", ProviderPhase.Cancelled)]
    public async Task Every_status_has_its_phase(string status, object phase)
    {
        var batch = await ReadAsync($$"""{"id":"b","status":"{{status}}"}""");
        Assert.That((batch.Phase, batch.RawStatus), Is.EqualTo(((ProviderPhase)phase, status)));
        Assert.That(_client.Logs.Lines, Has.None.Contains("does not know"));
    }

    [Test]
    public async Task An_unknown_status_counts_as_running_and_is_logged_once()
    {
        await ReadAsync("""{"id":"b","status":"meditating"}""");
        var batch = await _client.Provider.GetAsync("b", CancellationToken.None);
        Assert.That((batch.Value!.Phase, batch.Value.RawStatus), Is.EqualTo((ProviderPhase.Running, "meditating")));
        Assert.That(_client.Logs.Lines.Where(line => line.Contains("meditating")), Has.Exactly(1).Items);
    }

    [TestCase("""{"id":"b","status":"validating","request_counts":{"total":0,"completed":0,"failed":0}}""", false)]
    [TestCase("""{"id":"b","status":"failed","failed_at":5}""", false)]
    [TestCase("""{"id":"b","status":"cancelling"}""", false)]
    [TestCase("""{"id":"b","status":"cancelled","request_counts":{"total":9,"completed":0,"failed":0}}""", false)]
    [TestCase("""{"id":"b","status":"cancelled","in_progress_at":1764000004}""", true)]
    [TestCase("""{"id":"b","status":"cancelled","request_counts":{"total":9,"completed":1,"failed":0}}""", true)]
    [TestCase("""{"id":"b","status":"cancelled","output_file_id":"file-1"}""", true)]
    [TestCase("""{"id":"b","status":"in_progress"}""", true)]
    [TestCase("""{"id":"b","status":"finalizing"}""", true)]
    [TestCase("""{"id":"b","status":"completed"}""", true)]
    [TestCase("""{"id":"b","status":"expired"}""", true)]
    public async Task A_batch_has_begun_once_it_left_validation(string json, bool begun)
    {
        Assert.That((await ReadAsync(json)).HasBegun, Is.EqualTo(begun));
    }

    [Test]
    public async Task A_failed_batch_names_its_bad_lines()
    {
        var batch = await ReadAsync("""
            {"id":"b","status":"failed","errors":{"object":"list","data":[
              {"code":"invalid_json_line","line":17,"message":"Not JSON.","param":null},
              {"code":"token_limit_exceeded","line":null,"message":"Limit reached for sk-proj-0123456789","param":null},
              {"line":0}]}}
            """);
        Assert.That(batch.Errors, Is.EqualTo(new[]
        {
            new ProviderError(17, "invalid_json_line", "Not JSON."),
            new ProviderError(null, "token_limit_exceeded", "Limit reached for [redacted]"),
            new ProviderError(null, "unknown_error", ""),
        }));
    }

    [TestCase("<html>"), TestCase("{}"), TestCase("""{"id":"b"}"""), TestCase("[]"), TestCase("")]
    public async Task An_answer_that_is_no_batch_is_a_failure(string body)
    {
        Answer("/v1/batches/b", 200, body);
        var answer = await _client.Provider.GetAsync("b", CancellationToken.None);
        Assert.That(answer.Failure, Has.Property("Kind").EqualTo(FailureKind.Unavailable).And.Property("Code").EqualTo("unreadable_answer"));
    }

    [Test]
    public async Task A_batch_that_vanished_is_not_found()
    {
        Answer("/v1/batches/b", 404, """{"error":{"message":"No batch found with id 'b'.","type":"invalid_request_error","param":null,"code":null}}""");
        var answer = await _client.Provider.GetAsync("b", CancellationToken.None);
        Assert.That(answer.Failure, Is.EqualTo(new ProviderFailure(FailureKind.NotFound, "invalid_request_error", "No batch found with id 'b'.")));
    }

    [Test]
    public async Task Cancelling_asks_the_provider()
    {
        Answer("/v1/batches/b/cancel", 200, """{"id":"b","status":"cancelling"}""", "POST");
        var answer = await _client.Provider.CancelAsync("b", CancellationToken.None);
        Assert.That(answer.Value!.RawStatus, Is.EqualTo("cancelling"));
    }

    [TestCase(400), TestCase(409)]
    public async Task Cancelling_what_has_ended_answers_with_the_batch_as_it_is(int status)
    {
        Answer("/v1/batches/b/cancel", status, """{"error":{"message":"Cannot cancel a batch with status 'completed'."}}""", "POST");
        Answer("/v1/batches/b", 200, """{"id":"b","status":"completed"}""");
        var answer = await _client.Provider.CancelAsync("b", CancellationToken.None);
        Assert.That(answer.Value!.Phase, Is.EqualTo(ProviderPhase.Completed));
    }

    [Test]
    public async Task A_probe_is_one_list_call_and_tells_a_wrong_key()
    {
        Answer("/v1/batches", 401, """{"error":{"message":"Incorrect API key provided: sk-proj-ab****6789.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""");
        var failure = await _client.Provider.ProbeAsync(CancellationToken.None);
        Assert.That(failure, Is.EqualTo(new ProviderFailure(FailureKind.Unauthorized, "invalid_api_key", "Incorrect API key provided: [redacted]")));
        Assert.That(_server.LogEntries.Single().RequestMessage!.Url, Does.EndWith("/v1/batches?limit=1"));
    }

    [Test]
    public async Task A_probe_of_a_healthy_provider_finds_nothing()
    {
        Answer("/v1/batches", 200, """{"object":"list","data":[],"has_more":false}""");
        Assert.That(await _client.Provider.ProbeAsync(CancellationToken.None), Is.Null);
    }

    private async Task<ProviderBatch> ReadAsync(string json)
    {
        Answer("/v1/batches/b", 200, json);
        return (await _client.Provider.GetAsync("b", CancellationToken.None)).Value!;
    }

    private void Answer(string path, int status, string body, string method = "GET") => _server
        .Given(Request.Create().WithPath(path).UsingMethod(method))
        .RespondWith(Response.Create().WithStatusCode(status).WithBody(body));
}
