using BatchWorker.Providers;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace BatchWorker.Tests.Providers.Anthropic;

/// <summary>The batch object and the calls that answer with it.</summary>
internal sealed class BatchTests
{
    private const string Path = "/v1/messages/batches";

    private WireMockServer _server = null!;
    private AnthropicClient _client = null!;

    [SetUp]
    public void Start()
    {
        _server = WireMockServer.Start();
        _client = new AnthropicClient(_server.Url!);
    }

    [TearDown]
    public void Stop()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [Test]
    public async Task A_running_batch_is_read_whole()
    {
        var batch = await ReadAsync("""
            {"id":"msgbatch_01","type":"message_batch","processing_status":"in_progress",
             "request_counts":{"processing":3,"succeeded":0,"errored":0,"canceled":0,"expired":0},
             "ended_at":null,"created_at":"2026-11-23T20:45:18.100435Z","expires_at":"2026-11-24T20:45:18.100435Z",
             "archived_at":null,"cancel_initiated_at":null,"results_url":null}
            """);
        Assert.That(batch with { Errors = [] }, Is.EqualTo(new ProviderBatch
        {
            Id = "msgbatch_01",
            Phase = ProviderPhase.Running,
            RawStatus = "in_progress",
            CreatedAt = new DateTimeOffset(2026, 11, 23, 20, 45, 18, TimeSpan.Zero).AddTicks(1_004_350),
            RequestCount = 3,
            HasBegun = true,
            Errors = [],
        }).Using<ProviderBatch>((left, right) => left with { Errors = right.Errors } == right));
    }

    [TestCase(5, 0, 0, 0, ProviderPhase.Completed)]
    [TestCase(0, 5, 0, 0, ProviderPhase.Completed)]
    [TestCase(0, 0, 5, 0, ProviderPhase.Cancelled)]
    [TestCase(0, 0, 0, 5, ProviderPhase.Expired)]
    [TestCase(1, 0, 4, 0, ProviderPhase.Completed)]
    [TestCase(0, 1, 0, 4, ProviderPhase.Completed)]
    [TestCase(0, 0, 2, 3, ProviderPhase.Completed)]
    [TestCase(0, 0, 0, 0, ProviderPhase.Completed)]
    public async Task What_all_requests_share_is_the_end_of_a_batch(int succeeded, int errored, int canceled, int expired, object phase)
    {
        var batch = await ReadAsync($$$"""
            {"id":"b","processing_status":"ended","request_counts":{"processing":0,"succeeded":{{{succeeded}}},"errored":{{{errored}}},"canceled":{{{canceled}}},"expired":{{{expired}}}}}
            """);
        var total = succeeded + errored + canceled + expired;
        Assert.That((batch.Phase, batch.DoneCount, batch.RequestCount, batch.HasBegun), Is.EqualTo(((ProviderPhase)phase, (long)total, (long)total, true)));
    }

    [Test]
    public async Task A_batch_that_is_being_cancelled_runs_until_it_has_ended()
    {
        var batch = await ReadAsync("""{"id":"b","processing_status":"canceling","request_counts":{"processing":2,"canceled":3}}""");
        Assert.That((batch.Phase, batch.RawStatus, batch.HasEnded), Is.EqualTo((ProviderPhase.Running, "canceling", false)));
    }

    [TestCase("""{"id":"b","processing_status":"in_progress"}""")]
    [TestCase("""{"id":"b","processing_status":"in_progress","request_counts":null,"created_at":null}""")]
    [TestCase("""{"id":"b","processing_status":"in_progress","request_counts":[],"created_at":"soon"}""")]
    [TestCase("""{"id":"b","processing_status":"in_progress","request_counts":{"processing":"9","succeeded":-1},"created_at":1764000000}""")]
    public async Task Whatever_is_absent_null_or_odd_counts_as_none(string json)
    {
        var batch = await ReadAsync(json);
        Assert.That((batch.CreatedAt, batch.RequestCount, batch.DoneCount), Is.EqualTo(((DateTimeOffset?)null, 0L, 0L)));
    }

    [Test]
    public async Task An_unknown_status_counts_as_running_and_is_logged_once()
    {
        await ReadAsync("""{"id":"b","processing_status":"meditating"}""");
        var batch = (await _client.Provider.GetAsync("b", CancellationToken.None)).Value!;
        Assert.That((batch.Phase, batch.RawStatus, batch.HasBegun), Is.EqualTo((ProviderPhase.Running, "meditating", false)));
        Assert.That(_client.Logs.Lines.Where(line => line.Contains("meditating")), Has.Exactly(1).Items);
    }

    [TestCase("<html>"), TestCase("{}"), TestCase("""{"id":"b"}"""), TestCase("[]"), TestCase("")]
    public async Task An_answer_that_is_no_batch_is_a_failure(string body)
    {
        Answer(Path + "/b", 200, body);
        var answer = await _client.Provider.GetAsync("b", CancellationToken.None);
        Assert.That(answer.Failure, Has.Property("Kind").EqualTo(FailureKind.Unavailable).And.Property("Code").EqualTo("unreadable_answer"));
    }

    [Test]
    public async Task A_batch_that_is_not_known_yet_is_not_found()
    {
        Answer(Path + "/b", 404, """{"type":"error","error":{"type":"not_found_error","message":"Message batch not found: b","details":null},"request_id":"req_1"}""");
        var answer = await _client.Provider.GetAsync("b", CancellationToken.None);
        Assert.That(answer.Failure, Is.EqualTo(new ProviderFailure(FailureKind.NotFound, "not_found_error", "Message batch not found: b")));
        Assert.That(_client.Provider.Propagation, Is.GreaterThanOrEqualTo(TimeSpan.FromMinutes(5)));
    }

    [Test]
    public async Task Cancelling_asks_the_provider()
    {
        Answer(Path + "/b/cancel", 200, """{"id":"b","processing_status":"canceling"}""", "POST");
        Assert.That((await _client.Provider.CancelAsync("b", CancellationToken.None)).Value!.RawStatus, Is.EqualTo("canceling"));
    }

    [TestCase(400), TestCase(422)]
    public async Task Cancelling_what_has_ended_answers_with_the_batch_as_it_is(int status)
    {
        Answer(Path + "/b/cancel", status, """{"type":"error","error":{"type":"invalid_request_error","message":"Batch b has already ended."}}""", "POST");
        Answer(Path + "/b", 200, """{"id":"b","processing_status":"ended","request_counts":{"succeeded":1}}""");
        Assert.That((await _client.Provider.CancelAsync("b", CancellationToken.None)).Value!.Phase, Is.EqualTo(ProviderPhase.Completed));
    }

    [Test]
    public async Task A_probe_is_one_list_call_and_tells_a_wrong_key_without_showing_it()
    {
        Answer(Path, 401, $$$"""{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key {{{AnthropicClient.Key}}}"}}""");
        var failure = await _client.Provider.ProbeAsync(CancellationToken.None);
        Assert.That(failure, Is.EqualTo(new ProviderFailure(FailureKind.Unauthorized, "authentication_error", "invalid x-api-key [redacted]")));
        Assert.That(_server.LogEntries.Single().RequestMessage!.Url, Does.EndWith("/v1/messages/batches?limit=1"));
    }

    [TestCase("""{"data":[],"has_more":false,"first_id":null,"last_id":null}""", "")]
    [TestCase("""{"data":[{"id":"b9","processing_status":"ended"}],"has_more":true,"first_id":"b9","last_id":"b9"}""", "b9")]
    public async Task The_watermark_is_the_newest_batch(string page, string expected)
    {
        Answer(Path, 200, page);
        Assert.That((await _client.Provider.WatermarkAsync(CancellationToken.None)).Value, Is.EqualTo(expected));
        Assert.That(await _client.Provider.ProbeAsync(CancellationToken.None), Is.Null);
    }

    private async Task<ProviderBatch> ReadAsync(string json)
    {
        Answer(Path + "/b", 200, json);
        return (await _client.Provider.GetAsync("b", CancellationToken.None)).Value!;
    }

    private void Answer(string path, int status, string body, string method = "GET") => _server
        .Given(Request.Create().WithPath(path).UsingMethod(method))
        .RespondWith(Response.Create().WithStatusCode(status).WithBody(body));
}
