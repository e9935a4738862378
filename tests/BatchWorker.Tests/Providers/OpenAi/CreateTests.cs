using System.Net;
using System.Net.Sockets;
using BatchWorker.Providers;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Providers.OpenAi;

/// <summary>The call that spends money, over real sockets: what is known after each way in which it can end.</summary>
[CancelAfter(20_000)]
internal sealed class CreateTests
{
    private const string Batch = """{"id":"batch_1","object":"batch","status":"validating"}""";

    [Test]
    public async Task A_complete_answer_with_an_id_is_created(CancellationToken cancellationToken)
    {
        Assert.That(await AnswerWith(200, Batch, cancellationToken), Is.EqualTo(new CreateOutcome.Created("batch_1")));
    }

    [TestCase("")]
    [TestCase("<html>gateway</html>")]
    [TestCase("""{"object":"batch"}""")]
    [TestCase("""{"id":"","object":"batch"}""")]
    [TestCase("""{"id":7}""")]
    [TestCase("""["batch_1"]""")]
    [TestCase("{\"id\":\"\xff\"}")]
    public async Task A_success_without_a_readable_id_is_unknown(string body, CancellationToken cancellationToken)
    {
        Assert.That(await AnswerWith(200, body, cancellationToken), Is.EqualTo(new CreateOutcome.Unknown("unreadable_answer")));
    }

    [TestCase(302), TestCase(307), TestCase(408), TestCase(409), TestCase(500), TestCase(502), TestCase(503), TestCase(504), TestCase(529)]
    public async Task Redirects_conflicts_timeouts_and_server_errors_are_unknown(int status, CancellationToken cancellationToken)
    {
        Assert.That(await AnswerWith(status, "{}", cancellationToken), Is.EqualTo(new CreateOutcome.Unknown($"http_{status}")));
    }

    [TestCase(400, "Invalid")]
    [TestCase(401, "Unauthorized")]
    [TestCase(403, "Unauthorized")]
    [TestCase(404, "NotFound")]
    [TestCase(410, "NotFound")]
    [TestCase(413, "TooLarge")]
    [TestCase(422, "Invalid")]
    [TestCase(429, "Throttled")]
    public async Task A_complete_refusal_is_rejected_with_the_providers_word(int status, string kind, CancellationToken cancellationToken)
    {
        var outcome = await AnswerWith(status, """{"error":{"message":"No.","type":"some_type","param":null,"code":"some_code"}}""", cancellationToken);
        Assert.That(outcome, Is.EqualTo(new CreateOutcome.Rejected(new ProviderFailure(Enum.Parse<FailureKind>(kind), "some_code", "No."))));
    }

    [Test]
    public async Task A_refusal_in_html_is_rejected_too(CancellationToken cancellationToken)
    {
        var outcome = await AnswerWith(413, "<html>too large</html>", cancellationToken);
        Assert.That(outcome, Is.InstanceOf<CreateOutcome.Rejected>().With.Property("Failure").With.Property("Code").EqualTo("http_413"));
    }

    [Test]
    public async Task A_throttled_call_says_how_long_to_wait(CancellationToken cancellationToken)
    {
        var outcome = await AnswerWith(429, "{}", cancellationToken, "Retry-After: 90\r\n");
        Assert.That(((CreateOutcome.Rejected)outcome).Failure.RetryAfter, Is.EqualTo(TimeSpan.FromSeconds(90)));
    }

    [Test]
    public async Task A_refused_connection_is_not_sent(CancellationToken cancellationToken)
    {
        using var client = new OpenAiClient($"http://127.0.0.1:{FreePort()}/v1");
        Assert.That(await client.CreateAsync(cancellationToken), Is.EqualTo(new CreateOutcome.NotSent("connection_error")));
    }

    [Test]
    public async Task A_name_that_does_not_resolve_is_not_sent(CancellationToken cancellationToken)
    {
        using var client = new OpenAiClient("http://no-such-host.invalid/v1");
        Assert.That(await client.CreateAsync(cancellationToken), Is.InstanceOf<CreateOutcome.NotSent>());
    }

    [Test]
    public async Task A_failed_tls_handshake_is_not_sent(CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection => await connection.AnswerAsync(400, "this is no TLS"));
        using var client = new OpenAiClient(server.BaseUrl.Replace("http:", "https:", StringComparison.Ordinal));
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

    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"id\":\"batch_1\"}", "response_ended")]
    [TestCase("HTTP/1.1 400 Bad Request\r\nContent-Length: 500\r\n\r\n{\"error\":{}}", "response_ended")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"id\":\"batch_1\"}\r\n", "response_ended")]
    [TestCase("HTTP/1.1 200 O", "response_ended")]
    [TestCase("nonsense\r\n\r\n", "invalid_response")]
    public async Task An_answer_that_is_cut_is_unknown(string answer, string reason, CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync(answer);
        });
        using var client = new OpenAiClient(server.BaseUrl);
        Assert.That(await client.CreateAsync(cancellationToken), Is.EqualTo(new CreateOutcome.Unknown(reason)));
        Assert.That(server.Connections, Is.EqualTo(1), "sent more than once");
    }

    [Test]
    public async Task A_timeout_is_unknown(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var arrived = new TaskCompletionSource();
        await using var server = new RawServer(connection => HangAsync(connection, arrived));
        using var client = new OpenAiClient(server.BaseUrl, time);
        var call = client.CreateAsync(cancellationToken);
        await arrived.Task;
        time.Advance(OpenAiClient.Quick.Create);
        Assert.That(await call, Is.EqualTo(new CreateOutcome.Unknown("timeout")));
    }

    [Test]
    public async Task A_cancelled_wait_for_the_answer_is_unknown_and_no_exception(CancellationToken cancellationToken)
    {
        var arrived = new TaskCompletionSource();
        await using var server = new RawServer(connection => HangAsync(connection, arrived));
        using var client = new OpenAiClient(server.BaseUrl);
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
        using var client = new OpenAiClient(server.BaseUrl);
        Assert.That(await client.CreateAsync(new CancellationToken(canceled: true)), Is.InstanceOf<CreateOutcome.NotSent>());
        Assert.That(server.Connections, Is.Zero);
    }

    [Test]
    public async Task Each_create_has_a_connection_of_its_own_though_the_server_would_keep_it(CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection =>
        {
            while (true)
            {
                await connection.ReadRequestAsync();
                await connection.AnswerAsync(200, Batch);
            }
        });
        using var client = new OpenAiClient(server.BaseUrl);
        for (var i = 0; i < 3; i++)
        {
            Assert.That(await client.CreateAsync(cancellationToken), Is.InstanceOf<CreateOutcome.Created>());
        }
        Assert.That(server.Connections, Is.EqualTo(3));
    }

    [Test]
    public async Task The_request_names_the_submission(CancellationToken cancellationToken)
    {
        var request = "";
        await using var server = new RawServer(async connection =>
        {
            request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(200, Batch);
        });
        using var client = new OpenAiClient(server.BaseUrl);
        await client.CreateAsync(cancellationToken);
        Assert.That(request, Does.StartWith("POST /v1/batches HTTP/1.1\r\n")
            .And.Contain($"Authorization: Bearer {OpenAiClient.Key}\r\n")
            .And.Contain("OpenAI-Organization: org-1\r\n")
            .And.Contain("OpenAI-Project: proj_1\r\n")
            .And.Contain("Content-Type: application/json\r\n")
            .And.EndsWith("""
                {"input_file_id":"file-in","endpoint":"/v1/chat/completions","completion_window":"24h","metadata":{"bw_batch":"batch_01","bw_attempt":"2","bw_sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}
                """));
    }

    private static async Task<CreateOutcome> AnswerWith(int status, string body, CancellationToken cancellationToken, string headers = "")
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.AnswerAsync(status, body, headers + "Location: /v1/elsewhere\r\n");
        });
        using var client = new OpenAiClient(server.BaseUrl);
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
        using var client = new OpenAiClient(server.BaseUrl);
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
