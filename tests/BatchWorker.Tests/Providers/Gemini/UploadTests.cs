using BatchWorker.Providers;

namespace BatchWorker.Tests.Providers.Gemini;

/// <summary>Uploading input in two calls, over real sockets.</summary>
[CancelAfter(20_000)]
internal sealed class UploadTests
{
    private const string Content = "{\"key\":\"job_1\",\"request\":{}}\n{\"key\":\"job_2\",\"request\":{}}\n";
    private const string Stored = """{"file":{"name":"files/p1","displayName":"x","sizeBytes":"58","state":"ACTIVE"}}""";

    private string _path = null!;

    [SetUp]
    public void Spool() => File.WriteAllText(_path = Path.GetTempFileName(), Content);

    [TearDown]
    public void Clean() => File.Delete(_path);

    [TestCase("x-goog-upload-status: final\r\n"), TestCase("")]
    public async Task The_file_goes_to_the_address_that_the_start_answers_with(string status, CancellationToken cancellationToken)
    {
        var requests = new List<string>();
        RawServer? server = null;
        await using var own = server = new RawServer(async connection =>
        {
            requests.Add(await connection.ReadRequestAsync());
            await (requests.Count == 1
                ? connection.AnswerAsync(200, "", UrlHeader(server!.BaseUrl + "/upload/v1beta/files?upload_id=AF1&upload_protocol=resumable"))
                : connection.AnswerAsync(200, Stored, status));
        });
        using var client = new GeminiClient(server.BaseUrl);
        Assert.That((await client.Provider.UploadAsync(Spooled(), cancellationToken)).Value, Is.EqualTo("files/p1"));
        Assert.That(requests[0], Does.StartWith("POST /v1/upload/v1beta/files HTTP/1.1\r\n")
            .And.Contain("X-Goog-Upload-Protocol: resumable\r\n")
            .And.Contain("X-Goog-Upload-Command: start\r\n")
            .And.Contain("X-Goog-Upload-Header-Content-Length: 58\r\n")
            .And.Contain("X-Goog-Upload-Header-Content-Type: application/jsonl\r\n")
            .And.Contain("Content-Type: application/json\r\n")
            .And.EndsWith("\r\n\r\n{\"file\":{\"displayName\":\"bw-batch_01-0123abcd.jsonl\"}}"));
        Assert.That(requests[1], Does.StartWith("POST /v1/upload/v1beta/files?upload_id=AF1&upload_protocol=resumable HTTP/1.1\r\n")
            .And.Contain("X-Goog-Upload-Offset: 0\r\n")
            .And.Contain("X-Goog-Upload-Command: upload, finalize\r\n")
            .And.Contain("Content-Length: 58\r\n")
            .And.EndsWith("\r\n\r\n" + Content));
    }

    [TestCase("https://127.0.0.1:{port}/upload")]
    [TestCase("http://127.0.0.2:{port}/upload")]
    [TestCase("http://127.0.0.1:1/upload")]
    [TestCase("http://127.0.0.1:{port}@127.0.0.2/upload")]
    [TestCase("/upload/v1beta/files")]
    [TestCase("file:///upload")]
    [TestCase("")]
    public async Task Neither_key_nor_file_goes_to_an_address_elsewhere(string address, CancellationToken cancellationToken)
    {
        RawServer? server = null;
        await using var own = server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.AnswerAsync(200, "", UrlHeader(address.Replace("{port}", $"{new Uri(server!.BaseUrl).Port}", StringComparison.Ordinal)));
        });
        using var client = new GeminiClient(server.BaseUrl);
        var failure = (await client.Provider.UploadAsync(Spooled(), cancellationToken)).Failure!;
        Assert.That((failure.Kind, failure.Code, server.Connections), Is.EqualTo((FailureKind.Unavailable, "unreadable_answer", 1)));
    }

    [TestCase(503, "Unavailable")]
    [TestCase(404, "Unavailable")]
    [TestCase(400, "Refused")]
    [TestCase(401, "Unauthorized")]
    [TestCase(429, "Throttled")]
    public async Task A_start_that_fails_is_not_tried_again_here(int status, string kind, CancellationToken cancellationToken)
    {
        var (failure, connections) = await UploadAsync([(status, "{}")], cancellationToken);
        Assert.That((failure.Kind, failure.Code, connections), Is.EqualTo((Enum.Parse<FailureKind>(kind), $"http_{status}", 1)));
    }

    [TestCase(400, "Unavailable"), TestCase(404, "Unavailable"), TestCase(410, "Unavailable"), TestCase(413, "Unavailable"), TestCase(500, "Unavailable"), TestCase(401, "Unauthorized")]
    public async Task A_session_that_is_refused_says_nothing_about_the_jobs(int status, string kind, CancellationToken cancellationToken)
    {
        var (failure, connections) = await UploadAsync([(200, ""), (status, "{}")], cancellationToken);
        Assert.That((failure.Kind, connections), Is.EqualTo((Enum.Parse<FailureKind>(kind), 2)));
    }

    [TestCase("""{"file":{"name":"files/p1","sizeBytes":"57"}}""")]
    [TestCase("""{"file":{"name":"files/p1"}}""")]
    [TestCase("""{"file":{"sizeBytes":"58"}}""")]
    [TestCase("""{"file":{"name":"media/p1","sizeBytes":"58"}}""")]
    [TestCase("""{"name":"files/p1","sizeBytes":"58"}""")]
    [TestCase("<html>")]
    [TestCase("")]
    public async Task An_upload_that_is_not_confirmed_with_its_length_is_a_failure(string body, CancellationToken cancellationToken)
    {
        var (failure, _) = await UploadAsync([(200, ""), (200, body)], cancellationToken);
        Assert.That((failure.Kind, failure.Code), Is.EqualTo((FailureKind.Unavailable, "unreadable_answer")));
    }

    [Test]
    public async Task A_reset_during_an_upload_is_a_failure(CancellationToken cancellationToken)
    {
        RawServer? server = null;
        var calls = 0;
        await using var own = server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            if (++calls == 1)
            {
                await connection.AnswerAsync(200, "", UrlHeader(server!.BaseUrl + "/up"));
            }
            else
            {
                connection.Reset();
            }
        });
        using var client = new GeminiClient(server.BaseUrl);
        var answer = await client.Provider.UploadAsync(Spooled(), cancellationToken);
        Assert.That((answer.Failure!.Kind, answer.Failure.Code), Is.EqualTo((FailureKind.Unavailable, "connection_lost")));
    }

    [Test]
    public async Task A_file_that_is_processed_first_is_waited_for(CancellationToken cancellationToken)
    {
        var time = new WatchedTime(TimeSpan.FromSeconds(1));
        var looked = "";
        RawServer? server = null;
        var calls = 0;
        await using var own = server = new RawServer(async connection =>
        {
            var request = await connection.ReadRequestAsync();
            calls++;
            looked = calls == 3 ? request : looked;
            await (calls switch
            {
                1 => connection.AnswerAsync(200, "", UrlHeader(server!.BaseUrl + "/up")),
                2 => connection.AnswerAsync(200, Stored.Replace("ACTIVE", "PROCESSING", StringComparison.Ordinal)),
                _ => connection.AnswerAsync(200, """{"name":"files/p1","state":"ACTIVE"}"""),
            });
        });
        using var client = new GeminiClient(server.BaseUrl, time);
        var upload = client.Provider.UploadAsync(Spooled(), cancellationToken);
        await time.Waiting.WaitAsync(cancellationToken);
        Assert.That(upload.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await upload).Value, Is.EqualTo("files/p1"));
        Assert.That(looked, Does.StartWith("GET /v1/v1beta/files/p1 "));
    }

    [Test]
    public async Task A_file_that_could_not_be_processed_is_a_failure(CancellationToken cancellationToken)
    {
        var (failure, _) = await UploadAsync([(200, ""), (200, Stored.Replace("ACTIVE", "FAILED", StringComparison.Ordinal))], cancellationToken);
        Assert.That((failure.Kind, failure.Code), Is.EqualTo((FailureKind.Unavailable, "file_failed")));
    }

    [Test]
    public async Task A_spooled_file_of_another_length_is_never_uploaded()
    {
        using var client = new GeminiClient("http://127.0.0.1:1");
        await Assert.ThrowsAsync<InvalidDataException>(() => client.Provider.UploadAsync(Spooled() with { Bytes = 1 }, CancellationToken.None));
    }

    /// <summary>Answers one call after the other; each start that succeeds names an address.</summary>
    private async Task<(ProviderFailure Failure, int Connections)> UploadAsync((int Status, string Body)[] script, CancellationToken cancellationToken)
    {
        RawServer? server = null;
        var calls = 0;
        await using var own = server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            var (status, body) = script[calls++];
            await connection.AnswerAsync(status, body, UrlHeader(server!.BaseUrl + "/up"));
        });
        using var client = new GeminiClient(server.BaseUrl);
        return ((await client.Provider.UploadAsync(Spooled(), cancellationToken)).Failure!, server.Connections);
    }

    private static string UrlHeader(string address) => $"X-Goog-Upload-URL: {address}\r\n";

    private SpooledFile Spooled() => new(_path, "bw-batch_01-0123abcd.jsonl", Content.Length, new string('a', 64));
}
