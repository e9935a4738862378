using System.Text.Json;
using BatchWorker.Providers;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace BatchWorker.Tests.Providers.Gemini;

/// <summary>Finding a batch whose create call has an unknown outcome.</summary>
internal sealed class SearchTests
{
    private static readonly DateTimeOffset Sent = DateTimeOffset.FromUnixTimeSeconds(1_764_000_000);
    private static readonly SubmissionTrace Trace = new(new SubmissionTag("batch_01", 2), "files/in", 10, Sent, null);

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
    public async Task Matches_of_all_pages_come_oldest_first_and_only_ours()
    {
        Page(null, "t/2 =", Batch("9", 90, "bw:other:2"), Batch("8", 80, "bw:batch_01:2"), Batch("7", 70, "bw:batch_01:1"));
        Page("t/2 =", "t3", Batch("6", -9_000_000, "a batch"), Batch("5", 50, "bw:batch_01:2"), Batch("4", 40, "bw:batch_01:22"));
        Page("t3", null, Batch("3", 30, "bw:batch_01:2"), Batch("2", 20, null));
        Assert.That(await FoundAsync(), Is.EqualTo(new[] { "batches/3", "batches/5", "batches/8" }));
    }

    [TestCase("{}")]
    [TestCase("""{"operations":[]}""")]
    [TestCase("""{"operations":[],"nextPageToken":"","unreachable":[]}""")]
    public async Task An_empty_list_lacks_its_items_and_is_complete(string body)
    {
        Given(null).RespondWith(Response.Create().WithBody(body));
        Assert.That(await FoundAsync(), Is.Empty);
    }

    [Test]
    public async Task An_empty_page_is_not_the_end_while_there_is_more()
    {
        Page(null, "t2");
        Given("t2").RespondWith(Response.Create().WithBody("""{"nextPageToken":"t3"}"""));
        Page("t3", null, Batch("3", 30, "bw:batch_01:2"));
        Assert.That(await FoundAsync(), Is.EqualTo(new[] { "batches/3" }));
    }

    [TestCase(500), TestCase(401), TestCase(404)]
    public async Task A_page_that_fails_fails_the_search(int status)
    {
        Page(null, "t2", Batch("5", 50, "bw:batch_01:2"));
        Given("t2").RespondWith(Response.Create().WithStatusCode(status));
        var answer = await FindAsync();
        Assert.That((answer.Value, answer.Failure!.Code), Is.EqualTo(((IReadOnlyList<ProviderBatch>?)null, $"http_{status}")));
    }

    [TestCase("<html>")]
    [TestCase("[]")]
    [TestCase("""{"operations":null}""")]
    [TestCase("""{"operations":{}}""")]
    [TestCase("""{"operations":[{"no":"batch"}]}""")]
    [TestCase("""{"operations":[],"nextPageToken":"t2"}""")]
    [TestCase("""{"operations":[],"unreachable":["locations/somewhere"]}""")]
    [TestCase("""{"error":{"code":500}}""")]
    [TestCase("""{"operations":[],"nextPage\ud800Token":"t3"}""")]
    public async Task A_page_that_may_be_incomplete_fails_the_search(string body)
    {
        Page(null, "t2", Batch("5", 50, "bw:batch_01:2"));
        Given("t2").RespondWith(Response.Create().WithBody(body));
        Assert.That((await FindAsync()).Failure!.Code, Is.EqualTo("unreadable_answer"));
        Assert.That(_server.LogEntries, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_batch_that_is_listed_without_metadata_is_asked_for_its_name()
    {
        Page(null, null, new { name = "batches/5" });
        Single("5").RespondWith(Response.Create().WithBody(JsonSerializer.Serialize(Batch("5", 50, "bw:batch_01:2"))));
        Assert.That(await FoundAsync(), Is.EqualTo(new[] { "batches/5" }));
    }

    [Test]
    public async Task A_batch_that_never_tells_its_name_may_be_ours_and_fails_the_search()
    {
        Page(null, null, new { name = "batches/5" });
        Single("5").RespondWith(Response.Create().WithBody("""{"name":"batches/5"}"""));
        Assert.That((await FindAsync()).Failure!.Code, Is.EqualTo("unreadable_answer"));
    }

    [Test]
    public async Task A_batch_without_metadata_that_is_gone_when_asked_for_is_none()
    {
        Page(null, null, new { name = "batches/5" });
        Assert.That(await FoundAsync(), Is.Empty);
    }

    private async Task<string[]> FoundAsync() => [.. (await FindAsync()).Value!.Select(batch => batch.Id)];

    private Task<Answer<IReadOnlyList<ProviderBatch>>> FindAsync() => _client.Provider.FindAsync(Trace, CancellationToken.None);

    private void Page(string? token, string? next, params object[] batches) =>
        Given(token).RespondWith(Response.Create().WithBody(JsonSerializer.Serialize(new { operations = batches, nextPageToken = next })));

    private IRespondWithAProvider Single(string id) => _server.Given(Request.Create().WithPath($"/v1beta/batches/{id}").UsingGet());

    private IRespondWithAProvider Given(string? token)
    {
        var request = Request.Create().WithPath("/v1beta/batches").WithParam("pageSize", "100").UsingGet();
        return _server.Given(token is null
            ? request.WithParam("pageToken", WireMock.Matchers.MatchBehaviour.RejectOnMatch)
            : request.WithParam("pageToken", token));
    }

    private static object Batch(string id, int secondsAfter, string? displayName) => new
    {
        name = $"batches/{id}",
        metadata = new { displayName, state = "BATCH_STATE_RUNNING", createTime = Sent.AddSeconds(secondsAfter) },
    };
}
