using System.Net;
using System.Net.Sockets;
using BatchWorker.Providers;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Providers.Gemini;

/// <summary>The call that spends money, over real sockets: what is known after each way in which it can end.</summary>
[CancelAfter(20_000)]
internal sealed class CreateTests
{
    private const string Batch = """{"name":"batches/o08h","metadata":{"state":"BATCH_STATE_PENDING"}}""";

    [Test]
    public async Task A_complete_answer_with_a_batchs_name_is_created(CancellationToken cancellationToken)
    {
        Assert.That(await AnswerWith(200, Batch, cancellationToken), Is.EqualTo(new CreateOutcome.Created("batches/o08h")));
    }

    [TestCase("")]
    [TestCase("<html>gateway</html>")]
    [TestCase("""{"metadata":{"name":"batches/o08h"}}""")]
    [TestCase("""{"name":""}""")]
    [TestCase("""{"name":"batches/"}""")]
    [TestCase("""{"name":"operations/o08h"}""")]
    [TestCase("""{"name":7}""")]
    [TestCase("""["batches/o08h"]""")]
    [TestCase("{\"name\":\"batches/\xff\"}")]
    public async Task A_success_without_a_batchs_name_is_unknown(string body, CancellationToken cancellationToken)
    {
        Assert.That(await AnswerWith(200, body, cancellationToken), Is.EqualTo(new CreateOutcome.Unknown("unreadable_answer")));
    }

    [TestCase(302), TestCase(307), TestCase(408), TestCase(409), TestCase(500), TestCase(502), TestCase(503), TestCase(504)]
    public async Task Redirects_conflicts_timeouts_and_server_errors_are_unknown(int status, CancellationToken cancellationToken)
    {
        Assert.That(await AnswerWith(status, Error(status, "WORD"), cancellationToken), Is.EqualTo(new CreateOutcome.Unknown($"http_{status}")));
    }

    [TestCase(400, "INVALID_ARGUMENT", "Invalid")]
    [TestCase(400, "FAILED_PRECONDITION", "Refused")]
    [TestCase(413, "INVALID_ARGUMENT", "TooLarge")]
    [TestCase(429, "RESOURCE_EXHAUSTED", "Throttled")]
    public async Task A_complete_refusal_is_rejected_with_googles_word(int status, string word, string kind, CancellationToken cancellationToken)
    {
        var outcome = await AnswerWith(status, Error(status, word), cancellationToken);
        Assert.That(outcome, Is.EqualTo(new CreateOutcome.Rejected(new ProviderFailure(Enum.Parse<FailureKind>(kind), word, "No."))));
    }

    [Test]
    public async Task A_refusal_in_html_is_rejected_too(CancellationToken cancellationToken)
    {
        var outcome = await AnswerWith(413, "<html>too large</html>", cancellationToken);
        Assert.That(outcome, Is.InstanceOf<CreateOutcome.Rejected>().With.Property("Failure").With.Property("Code").EqualTo("http_413"));
    }

    [TestCase(404, 200, 200, "Refused")]
    [TestCase(404, 404, 200, "NotFound")]
    [TestCase(404, 403, 200, "NotFound")]
    [TestCase(404, 403, 403, "NotFound")]
    [TestCase(404, 500, 200, "NotFound")]
    [TestCase(403, 200, 200, "Unauthorized")]
    [TestCase(403, 404, 200, "NotFound")]
    [TestCase(403, 403, 200, "NotFound")]
    [TestCase(403, 403, 403, "Unauthorized")]
    [TestCase(403, 500, 200, "Unauthorized")]
    [TestCase(401, 401, 401, "Unauthorized")]
    public async Task Whether_the_input_is_gone_or_something_else_is_refused_tells_the_input_itself(int status, int file, int list, string kind, CancellationToken cancellationToken)
    {
        var posts = 0;
        await using var server = new RawServer(async connection =>
        {
            var request = await connection.ReadRequestAsync();
            posts += request.StartsWith("POST", StringComparison.Ordinal) ? 1 : 0;
            var answer = request.StartsWith("POST", StringComparison.Ordinal) ? status : request.StartsWith("GET /v1/v1beta/files/in ", StringComparison.Ordinal) ? file : list;
            await connection.AnswerAsync(answer, answer == 200 ? "{}" : Error(answer, "WORD"), "Connection: close\r\n");
        });
        using var client = new GeminiClient(server.BaseUrl);
        var outcome = (CreateOutcome.Rejected)await client.CreateAsync(cancellationToken);
        Assert.That((outcome.Failure.Kind, outcome.Failure.Code, posts), Is.EqualTo((Enum.Parse<FailureKind>(kind), "WORD", 1)));
    }

    [Test]
    public async Task A_refused_connection_is_not_sent(CancellationToken cancellationToken)
    {
        using var client = new GeminiClient($"http://127.0.0.1:{FreePort()}");
        Assert.That(await client.CreateAsync(cancellationToken), Is.EqualTo(new CreateOutcome.NotSent("connection_error")));
    }

    [Test]
    public async Task A_failed_tls_handshake_is_not_sent(CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection => await connection.AnswerAsync(400, "this is no TLS"));
        using var client = new GeminiClient(server.BaseUrl.Replace("http:", "https:", StringComparison.Ordinal));
        Assert.That(await client.CreateAsync(cancellationToken), Is.EqualTo(new CreateOutcome.NotSent("secure_connection_error")));
    }

    [Test]
    public async Task A_reset_after_the_request_is_unknown(CancellationToken cancellationToken)
    {
        await AssertUnknownAsync(connection => connection.Reset(), "connection_lost", cancellationToken);
    }

    [Test]
    public async Task A_connection_closed_without_an_answer_is_unknown(CancellationToken cancellationToken)
    {
        await AssertUnknownAsync(connection => connection.Dispose(), "response_ended", cancellationToken);
    }

    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"name\":\"batches/1\"}", "response_ended")]
    [TestCase("HTTP/1.1 400 Bad Request\r\nContent-Length: 500\r\n\r\n{\"error\":{}}", "response_ended")]
    [TestCase("HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"error\":{}}\r\n", "response_ended")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n{\"name\":\"batches/1\"}\r\n", "response_ended")]
    [TestCase("HTTP/1.1 200 O", "response_ended")]
    [TestCase("nonsense\r\n\r\n", "invalid_response")]
    public async Task An_answer_that_is_cut_is_unknown(string answer, string reason, CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync(answer);
        });
        using var client = new GeminiClient(server.BaseUrl);
        Assert.That(await client.CreateAsync(cancellationToken), Is.EqualTo(new CreateOutcome.Unknown(reason)));
        Assert.That(server.Connections, Is.EqualTo(1), "sent more than once");
    }

    [Test]
    public async Task A_timeout_is_unknown(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var arrived = new TaskCompletionSource();
        await using var server = new RawServer(connection => HangAsync(connection, arrived));
        using var client = new GeminiClient(server.BaseUrl, time);
        var call = client.CreateAsync(cancellationToken);
        await arrived.Task;
        time.Advance(GeminiClient.Quick.Create);
        Assert.That(await call, Is.EqualTo(new CreateOutcome.Unknown("timeout")));
    }

    [Test]
    public async Task A_cancelled_wait_for_the_answer_is_unknown_and_no_exception(CancellationToken cancellationToken)
    {
        var arrived = new TaskCompletionSource();
        await using var server = new RawServer(connection => HangAsync(connection, arrived));
        using var client = new GeminiClient(server.BaseUrl);
        using var shutdown = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var call = client.CreateAsync(shutdown.Token);
        await arrived.Task;
        await shutdown.CancelAsync();
        Assert.That(await call, Is.InstanceOf<CreateOutcome.Unknown>());
    }

    [Test]
    public async Task A_call_cancelled_before_its_first_byte_is_not_sent()
    {
        await using var server = new RawServer(connection => connection.AnswerAsync(200, Batch));
        using var client = new GeminiClient(server.BaseUrl);
        Assert.That(await client.CreateAsync(new CancellationToken(canceled: true)), Is.InstanceOf<CreateOutcome.NotSent>());
        Assert.That(server.Connections, Is.Zero);
    }

    [TestCase("gemini-2.5-flash", "generateContent", "/v1beta/models/gemini-2.5-flash:batchGenerateContent")]
    [TestCase("models/gemini-2.5-flash", "generateContent", "/v1beta/models/gemini-2.5-flash:batchGenerateContent")]
    [TestCase("tunedModels/mine-1", "generateContent", "/v1beta/tunedModels/mine-1:batchGenerateContent")]
    [TestCase("gemini-embedding-001", "embedContent", "/v1beta/models/gemini-embedding-001:asyncBatchEmbedContent")]
    [TestCase("models/gemini-embedding-001", "embedContent", "/v1beta/models/gemini-embedding-001:asyncBatchEmbedContent")]
    [TestCase("../files?x", "generateContent", "/v1beta/models/..%2Ffiles%3Fx:batchGenerateContent")]
    public async Task The_model_goes_into_the_address_and_the_tag_into_the_name(string model, string endpoint, string path, CancellationToken cancellationToken)
    {
        var request = "";
        await using var server = new RawServer(async connection =>
        {
            request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(200, Batch);
        });
        using var client = new GeminiClient(server.BaseUrl);
        await client.CreateAsync(cancellationToken, GeminiClient.Generate with { Model = model, Endpoint = endpoint });
        Assert.That(request, Does.StartWith($"POST /v1{path} HTTP/1.1\r\n")
            .And.Contain($"x-goog-api-key: {GeminiClient.Key}\r\n")
            .And.Contain("Content-Type: application/json\r\n")
            .And.EndsWith("\r\n\r\n{\"batch\":{\"displayName\":\"bw:batch_01:2\",\"inputConfig\":{\"fileName\":\"files/in\"}}}"));
    }

    private static string Error(int status, string word) => $$"""{"error":{"code":{{status}},"message":"No.","status":"{{word}}"} }""";

    private static async Task<CreateOutcome> AnswerWith(int status, string body, CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.AnswerAsync(status, body, "Location: /v1/elsewhere\r\n");
        });
        using var client = new GeminiClient(server.BaseUrl);
        var outcome = await client.CreateAsync(cancellationToken);
        Assert.That(server.Connections, Is.EqualTo(1), "sent more than once");
        return outcome;
    }

    private static async Task AssertUnknownAsync(Action<RawConnection> end, string reason, CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            end(connection);
        });
        using var client = new GeminiClient(server.BaseUrl);
        Assert.That(await client.CreateAsync(cancellationToken), Is.EqualTo(new CreateOutcome.Unknown(reason)));
        Assert.That(server.Connections, Is.EqualTo(1), "sent more than once");
    }

    private static async Task HangAsync(RawConnection connection, TaskCompletionSource arrived)
    {
        await connection.ReadRequestAsync();
        arrived.SetResult();
        await connection.HangAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
