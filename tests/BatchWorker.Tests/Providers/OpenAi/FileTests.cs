using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BatchWorker.Providers;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace BatchWorker.Tests.Providers.OpenAi;

/// <summary>Uploading input and finding an upload again.</summary>
[CancelAfter(20_000)]
internal sealed class FileTests
{
    private const string Content = "{\"custom_id\":\"job_1\"}\n{\"custom_id\":\"job_2\"}\n";

    private string _path = null!;

    [SetUp]
    public void Spool() => File.WriteAllText(_path = Path.GetTempFileName(), Content);

    [TearDown]
    public void Clean() => File.Delete(_path);

    [Test]
    public async Task An_upload_streams_the_file_under_its_name_with_its_length_announced(CancellationToken cancellationToken)
    {
        var request = "";
        await using var server = new RawServer(async connection =>
        {
            request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(200, Stored(Content.Length));
        });
        using var client = new OpenAiClient(server.BaseUrl);
        var answer = await client.Provider.UploadAsync(Spooled(), cancellationToken);
        Assert.That(answer.Value, Is.EqualTo("file-1"));
        var boundary = "bw-" + Spooled().Sha256;
        var body = request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        Assert.That(request, Does.StartWith("POST /v1/files HTTP/1.1\r\n")
            .And.Contain($"Content-Type: multipart/form-data; boundary={boundary}\r\n")
            .And.Contain($"Content-Length: {body.Length}\r\n"));
        Assert.That(body, Is.EqualTo(
            $"--{boundary}\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
            + $"--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Disposition: form-data; name=\"file\"; filename=\"bw-batch_01-0123abcd.jsonl\"\r\n\r\n"
            + $"{Content}\r\n--{boundary}--\r\n"));
    }

    [Test]
    public async Task An_upload_is_tried_once(CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.AnswerAsync(503, "{}");
        });
        using var client = new OpenAiClient(server.BaseUrl);
        var answer = await client.Provider.UploadAsync(Spooled(), cancellationToken);
        Assert.That(answer.Failure, Has.Property("Kind").EqualTo(FailureKind.Unavailable));
        Assert.That(server.Connections, Is.EqualTo(1));
    }

    [Test]
    public async Task A_reset_during_an_upload_is_a_failure(CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            connection.Reset();
        });
        using var client = new OpenAiClient(server.BaseUrl);
        var answer = await client.Provider.UploadAsync(Spooled(), cancellationToken);
        Assert.That((answer.Failure!.Kind, answer.Failure.Code), Is.EqualTo((FailureKind.Unavailable, "connection_lost")));
    }

    [TestCase("""{"id":"file-1","bytes":7}"""), TestCase("""{"bytes":44}"""), TestCase("<html>")]
    public async Task An_upload_that_is_not_confirmed_with_its_length_is_a_failure(string body, CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.AnswerAsync(200, body);
        });
        using var client = new OpenAiClient(server.BaseUrl);
        Assert.That((await client.Provider.UploadAsync(Spooled(), cancellationToken)).Failure!.Code, Is.EqualTo("unreadable_answer"));
    }

    [Test]
    public async Task A_spooled_file_of_another_length_is_never_uploaded()
    {
        using var client = new OpenAiClient("http://127.0.0.1:1/v1");
        await Assert.ThrowsAsync<InvalidDataException>(() => client.Provider.UploadAsync(Spooled() with { Bytes = 1 }, CancellationToken.None));
    }

    [Test]
    public async Task An_upload_is_found_by_name_and_length_on_a_later_page(CancellationToken cancellationToken)
    {
        using var server = WireMockServer.Start();
        List(server, null, more: true, FileOf("f9", "other.jsonl"), FileOf("f8", Spooled().Name, bytes: 1), FileOf("f7", Spooled().Name, status: "error"));
        List(server, "f7", more: false, FileOf("f6", Spooled().Name), FileOf("f5", Spooled().Name));
        using var client = new OpenAiClient(server.Url + "/v1");
        Assert.That((await client.Provider.FindUploadAsync(Spooled(), cancellationToken)).Value, Is.EqualTo("f6"));
    }

    [Test]
    public async Task No_upload_is_an_empty_string_and_a_list_that_fails_is_a_failure(CancellationToken cancellationToken)
    {
        using var server = WireMockServer.Start();
        List(server, null, more: false, FileOf("f9", "other.jsonl"));
        using var client = new OpenAiClient(server.Url + "/v1");
        Assert.That((await client.Provider.FindUploadAsync(Spooled(), cancellationToken)).Value, Is.Empty);
        server.Reset();
        Assert.That((await client.Provider.FindUploadAsync(Spooled(), cancellationToken)).Failure!.Kind, Is.EqualTo(FailureKind.NotFound));
    }

    private SpooledFile Spooled() => new(
        _path,
        "bw-batch_01-0123abcd.jsonl",
        Content.Length,
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Content))));

    private static string Stored(int bytes) =>
        $$"""{"id":"file-1","object":"file","bytes":{{bytes}},"created_at":1764000000,"filename":"x","purpose":"batch","status":"processed"}""";

    private static object FileOf(string id, string filename, int? bytes = null, string status = "processed") =>
        new { id, filename, bytes = bytes ?? Content.Length, status, purpose = "batch" };

    private static void List(WireMockServer server, string? after, bool more, params object[] files)
    {
        var request = Request.Create().WithPath("/v1/files").WithParam("purpose", "batch").WithParam("order", "desc").UsingGet();
        server
            .Given(after is null ? request.WithParam("after", WireMock.Matchers.MatchBehaviour.RejectOnMatch) : request.WithParam("after", after))
            .RespondWith(Response.Create().WithBody(JsonSerializer.Serialize(new { @object = "list", data = files, has_more = more })));
    }
}
