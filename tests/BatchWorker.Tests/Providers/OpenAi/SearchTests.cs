using System.Text.Json;
using BatchWorker.Providers;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace BatchWorker.Tests.Providers.OpenAi;

/// <summary>Finding a batch whose create call has an unknown outcome.</summary>
internal sealed class SearchTests
{
    private static readonly DateTimeOffset Sent = DateTimeOffset.FromUnixTimeSeconds(1_764_000_000);
    private static readonly SubmissionTrace Trace = new(new SubmissionTag("batch_01", 2), "file-in", 10, Sent, null);

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
    public async Task Matches_of_all_pages_come_oldest_first_and_only_ours()
    {
        Page(null, more: true, Batch("b9", 90, "other", 2), Batch("b8", 80, "batch_01", 2), Batch("b7", 70, "batch_01", 1));
        Page("b7", more: true, Batch("b6", 60, null, null), Batch("b5", 50, "batch_01", 2), Batch("b4", 40, null, null, "file-else"));
        Page("b4", more: false, Batch("b3", 30, "batch_01", 2));
        Assert.That(await FoundAsync(), Is.EqualTo(new[] { "b3", "b5", "b6", "b8" }));
    }

    [Test]
    public async Task An_untagged_batch_of_the_same_input_from_long_before_is_not_ours()
    {
        Page(null, more: false, Batch("b2", 0, null, null), Batch("b1", -601, null, null));
        Assert.That(await FoundAsync(), Is.EqualTo(new[] { "b2" }));
    }

    [Test]
    public async Task Pages_are_read_until_one_is_wholly_older_than_the_call_and_the_clock_slack()
    {
        Page(null, more: true, Batch("b5", -700, "x", 1), Batch("b4", -599, "x", 1));
        Page("b4", more: true, Batch("b3", -601, "x", 1), Batch("b2", -900, "x", 1));
        Page("b2", more: false, Batch("b1", 0, "batch_01", 2));
        Assert.That(await FoundAsync(), Is.Empty);
        Assert.That(_server.LogEntries, Has.Count.EqualTo(2));
    }

    [TestCase(500), TestCase(401), TestCase(404)]
    public async Task A_page_that_fails_fails_the_search(int status)
    {
        Page(null, more: true, Batch("b5", 50, "batch_01", 2));
        Given("b5").RespondWith(Response.Create().WithStatusCode(status));
        var answer = await FindAsync();
        Assert.That((answer.Value, answer.Failure!.Code), Is.EqualTo(((IReadOnlyList<ProviderBatch>?)null, $"http_{status}")));
    }

    [TestCase("<html>")]
    [TestCase("""{"object":"list","data":[]}""")]
    [TestCase("""{"object":"list","has_more":false}""")]
    [TestCase("""{"object":"list","data":[],"has_more":true}""")]
    [TestCase("""{"object":"list","data":[{"no":"batch"}],"has_more":false}""")]
    [TestCase("""{"object":"list","data":[],"last_id":"b5","has_more":true}""")]
    [TestCase("""{"object":"list","data":[],"has_more":false,"has_more\ud800":true}""")]
    public async Task A_page_that_may_be_incomplete_fails_the_search(string body)
    {
        Page(null, more: true, Batch("b5", 50, "batch_01", 2));
        Given("b5").RespondWith(Response.Create().WithBody(body));
        Assert.That((await FindAsync()).Failure!.Code, Is.EqualTo("unreadable_answer"));
        Assert.That(_server.LogEntries, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task An_empty_page_is_not_the_end_while_there_is_more()
    {
        Page(null, more: true, Batch("b5", 50, "x", 1));
        Given("b5").RespondWith(Response.Create().WithBody("""{"object":"list","data":[],"last_id":"b4","has_more":true}"""));
        Page("b4", more: false, Batch("b3", 30, "batch_01", 2));
        Assert.That(await FoundAsync(), Is.EqualTo(new[] { "b3" }));
    }

    private async Task<string[]> FoundAsync() => [.. (await FindAsync()).Value!.Select(batch => batch.Id)];

    private Task<Answer<IReadOnlyList<ProviderBatch>>> FindAsync() => _client.Provider.FindAsync(Trace, CancellationToken.None);

    private void Page(string? after, bool more, params object[] batches) =>
        Given(after).RespondWith(Response.Create().WithBody(JsonSerializer.Serialize(new { @object = "list", data = batches, has_more = more })));

    private IRespondWithAProvider Given(string? after)
    {
        var request = Request.Create().WithPath("/v1/batches").WithParam("limit", "100").UsingGet();
        return _server.Given(after is null
            ? request.WithParam("after", WireMock.Matchers.MatchBehaviour.RejectOnMatch)
            : request.WithParam("after", after));
    }

    private static object Batch(string id, int secondsAfter, string? tag, int? attempt, string input = "file-in") => new
    {
        id,
        status = "in_progress",
        created_at = Sent.ToUnixTimeSeconds() + secondsAfter,
        input_file_id = input,
        metadata = tag is null ? null : new { bw_batch = tag, bw_attempt = $"{attempt}" },
    };
}
