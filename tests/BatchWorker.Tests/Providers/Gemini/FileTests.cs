using System.Text.Json;
using BatchWorker.Providers;
using Microsoft.Extensions.Time.Testing;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace BatchWorker.Tests.Providers.Gemini;

/// <summary>Finding an upload again.</summary>
[CancelAfter(20_000)]
internal sealed class FileTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);
    private static readonly SpooledFile Spooled = new("/nowhere", "bw-batch_01-0123abcd.jsonl", 44, new string('a', 64));

    private WireMockServer _server = null!;
    private GeminiClient _client = null!;

    [SetUp]
    public void Start()
    {
        _server = WireMockServer.Start();
        _client = new GeminiClient(_server.Url!, new FakeTimeProvider(Now));
    }

    [TearDown]
    public void Stop()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [Test]
    public async Task An_upload_is_found_by_name_and_length_on_a_later_page(CancellationToken cancellationToken)
    {
        Page(null, "t2", FileOf("9", displayName: "other.jsonl"), FileOf("8", bytes: "45"), FileOf("7", state: "FAILED"), FileOf("6", hours: 0.9));
        Page("t2", null, FileOf("5"), FileOf("4"));
        Assert.That((await FindAsync(cancellationToken)).Value, Is.EqualTo("files/5"));
    }

    [Test]
    public async Task One_whose_end_is_not_told_is_used(CancellationToken cancellationToken)
    {
        Page(null, null, new { name = "files/3", displayName = Spooled.Name, sizeBytes = "44" });
        Assert.That((await FindAsync(cancellationToken)).Value, Is.EqualTo("files/3"));
    }

    [Test]
    public async Task No_upload_is_an_empty_string_and_a_list_that_fails_is_a_failure(CancellationToken cancellationToken)
    {
        Given(null).RespondWith(Response.Create().WithBody("{}"));
        Assert.That((await FindAsync(cancellationToken)).Value, Is.Empty);
        _server.Reset();
        Assert.That((await FindAsync(cancellationToken)).Failure!.Kind, Is.EqualTo(FailureKind.NotFound));
    }

    private Task<Answer<string>> FindAsync(CancellationToken cancellationToken) => _client.Provider.FindUploadAsync(Spooled, cancellationToken);

    private void Page(string? token, string? next, params object[] files) =>
        Given(token).RespondWith(Response.Create().WithBody(JsonSerializer.Serialize(new { files, nextPageToken = next })));

    private IRespondWithAProvider Given(string? token)
    {
        var request = Request.Create().WithPath("/v1beta/files").WithParam("pageSize", "100").UsingGet();
        return _server.Given(token is null
            ? request.WithParam("pageToken", WireMock.Matchers.MatchBehaviour.RejectOnMatch)
            : request.WithParam("pageToken", token));
    }

    private static object FileOf(string id, string? displayName = null, string bytes = "44", string state = "ACTIVE", double hours = 48) => new
    {
        name = $"files/{id}",
        displayName = displayName ?? Spooled.Name,
        sizeBytes = bytes,
        state,
        expirationTime = Now.AddHours(hours),
    };
}
