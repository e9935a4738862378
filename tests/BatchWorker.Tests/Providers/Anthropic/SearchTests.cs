using System.Text.Json;
using BatchWorker.Providers;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace BatchWorker.Tests.Providers.Anthropic;

/// <summary>Finding what may be ours after a create call of unknown outcome.</summary>
internal sealed class SearchTests
{
    private static readonly DateTimeOffset s_sent = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);
    private static readonly SubmissionTrace s_trace = new(new SubmissionTag("batch_01", 2), null, 10, s_sent, "mark") { EndedBy = s_sent.AddMinutes(15) };

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
    public async Task Candidates_are_of_our_size_and_time_oldest_first_and_stop_at_the_watermark()
    {
        Page(null, more: true, Batch("b9", 25 * 60 + 1, 10), Batch("b8", 80, 10), Batch("b7", 70, 11));
        Page("b7", more: true, Batch("b6", 60, 10), Batch("mark", -5, 10), Batch("b4", -6, 10));
        Assert.That(await FoundAsync(s_trace), Is.EqualTo(new[] { "b6", "b8" }));
        Assert.That(_server.LogEntries, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_size_or_time_that_can_not_be_read_excludes_nothing()
    {
        Page(null, more: false, new { id = "b2", processing_status = "in_progress" }, Batch("b1", 10, 9));
        Assert.That(await FoundAsync(s_trace), Is.EqualTo(new[] { "b2" }));
    }

    [Test]
    public async Task Pages_are_read_until_one_is_wholly_older_than_the_call_and_the_clock_slack()
    {
        Page(null, more: true, Batch("b5", -700, 10), Batch("b4", -599, 10));
        Page("b4", more: true, Batch("b3", -601, 10), Batch("b2", -900, 10));
        Page("b2", more: false, Batch("b1", 0, 10));
        Assert.That(await FoundAsync(s_trace with { Watermark = "deleted meanwhile" }), Is.EqualTo(new[] { "b4" }));
        Assert.That(_server.LogEntries, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Without_a_size_everything_of_the_time_is_found()
    {
        Page(null, more: false, Batch("b3", 99_999, 7), Batch("b2", 20, 1), Batch("b1", -5_000, 10));
        Assert.That(await FoundAsync(s_trace with { RequestCount = 0, EndedBy = null, Watermark = null }), Is.EqualTo(new[] { "b2", "b3" }));
    }

    [TestCase(500), TestCase(401), TestCase(404)]
    public async Task A_page_that_fails_fails_the_search(int status)
    {
        Page(null, more: true, Batch("b5", 50, 10));
        Given("b5").RespondWith(Response.Create().WithStatusCode(status));
        var answer = await _client.Provider.FindAsync(s_trace, CancellationToken.None);
        Assert.That((answer.Value, answer.Failure!.Code), Is.EqualTo(((IReadOnlyList<ProviderBatch>?)null, $"http_{status}")));
    }

    [TestCase("<html>")]
    [TestCase("""{"data":[]}""")]
    [TestCase("""{"has_more":false}""")]
    [TestCase("""{"data":[],"has_more":true,"first_id":null,"last_id":null}""")]
    [TestCase("""{"data":[{"no":"batch"}],"has_more":false}""")]
    [TestCase("""{"data":[],"last_id":"b5","has_more":true}""")]
    public async Task A_page_that_may_be_incomplete_fails_the_search(string body)
    {
        Page(null, more: true, Batch("b5", 50, 10));
        Given("b5").RespondWith(Response.Create().WithBody(body));
        Assert.That((await _client.Provider.FindAsync(s_trace, CancellationToken.None)).Failure!.Code, Is.EqualTo("unreadable_answer"));
    }

    private async Task<string[]> FoundAsync(SubmissionTrace trace) =>
        [.. (await _client.Provider.FindAsync(trace, CancellationToken.None)).Value!.Select(batch => batch.Id)];

    private void Page(string? after, bool more, params object[] batches) =>
        Given(after).RespondWith(Response.Create().WithBody(JsonSerializer.Serialize(new { data = batches, has_more = more })));

    private IRespondWithAProvider Given(string? after)
    {
        var request = Request.Create().WithPath("/v1/messages/batches").WithParam("limit", "100").UsingGet();
        return _server.Given(after is null
            ? request.WithParam("after_id", WireMock.Matchers.MatchBehaviour.RejectOnMatch)
            : request.WithParam("after_id", after));
    }

    private static object Batch(string id, int secondsAfter, int count) => new
    {
        id,
        processing_status = "in_progress",
        created_at = s_sent.AddSeconds(secondsAfter).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"),
        request_counts = new { processing = count, succeeded = 0, errored = 0, canceled = 0, expired = 0 },
    };
}
