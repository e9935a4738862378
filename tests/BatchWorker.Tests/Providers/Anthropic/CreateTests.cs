using System.Net;
using System.Net.Sockets;
using BatchWorker.Providers;
using BatchWorker.Providers.Anthropic;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Providers.Anthropic;

/// <summary>The call that spends money, over real sockets: what is known after each way in which it can end.</summary>
[CancelAfter(20_000)]
internal sealed class CreateTests
{
    private const string Batch = """{"id":"msgbatch_1","type":"message_batch","processing_status":"in_progress"}""";

    [Test]
    public async Task A_complete_answer_with_an_id_is_created(CancellationToken cancellationToken)
    {
        Assert.That(await AnswerWith(200, Batch, cancellationToken), Is.EqualTo(new CreateOutcome.Created("msgbatch_1")));
    }

    [TestCase(""), TestCase("<html>gateway</html>"), TestCase("""{"type":"message_batch"}""")]
    public async Task A_success_without_a_readable_id_is_unknown(string body, CancellationToken cancellationToken)
    {
        Assert.That(await AnswerWith(200, body, cancellationToken), Is.EqualTo(new CreateOutcome.Unknown("unreadable_answer")));
    }

    [TestCase(302), TestCase(408), TestCase(409), TestCase(500), TestCase(503), TestCase(504), TestCase(529)]
    public async Task Conflicts_overload_timeouts_and_server_errors_are_unknown(int status, CancellationToken cancellationToken)
    {
        Assert.That(await AnswerWith(status, Error("overloaded_error", "Overloaded"), cancellationToken), Is.EqualTo(new CreateOutcome.Unknown($"http_{status}")));
    }

    [TestCase(401, "authentication_error", "Unauthorized")]
    [TestCase(403, "permission_error", "Unauthorized")]
    [TestCase(404, "not_found_error", "NotFound")]
    [TestCase(413, "request_too_large", "TooLarge")]
    [TestCase(422, "some_error", "Refused")]
    [TestCase(429, "rate_limit_error", "Throttled")]
    public async Task A_complete_refusal_is_rejected_with_the_providers_word(int status, string type, string kind, CancellationToken cancellationToken)
    {
        Assert.That(await RefusalWith(status, Error(type, "No."), cancellationToken), Is.EqualTo(new ProviderFailure(Enum.Parse<FailureKind>(kind), type, "No.")));
    }

    [Test]
    public async Task Too_large_may_come_as_html_from_before_the_api(CancellationToken cancellationToken)
    {
        var failure = await RefusalWith(413, "<html><head><title>413 Request Entity Too Large</title></head></html>", cancellationToken);
        Assert.That((failure.Kind, failure.Code), Is.EqualTo((FailureKind.TooLarge, "http_413")));
    }

    [Test]
    public async Task A_rate_limit_says_how_long_to_wait(CancellationToken cancellationToken)
    {
        var failure = await RefusalWith(429, Error("rate_limit_error", "Slow down.", "ramp_limit_exceeded"), cancellationToken, "retry-after: 90\r\n");
        Assert.That((failure.Kind, failure.Code, failure.RetryAfter), Is.EqualTo((FailureKind.Throttled, "ramp_limit_exceeded", (TimeSpan?)TimeSpan.FromSeconds(90))));
    }

    [TestCase(429, "rate_limit_error", "Limit reached.", "enforced_spend_limit_reached")]
    [TestCase(429, "rate_limit_error", "Limit reached.", "contract_spend_limit_reached")]
    [TestCase(402, "billing_error", "Pay first.", null)]
    [TestCase(400, "billing_error", "Pay first.", null)]
    [TestCase(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API.", null)]
    [TestCase(400, "invalid_request_error", "You have reached your specified API usage limits.", null)]
    public async Task Money_that_is_spent_is_waited_for_and_no_fault_of_a_job(int status, string type, string message, string? code, CancellationToken cancellationToken)
    {
        var failure = await RefusalWith(status, Error(type, message, code), cancellationToken);
        Assert.That((failure.Kind, failure.RetryAfter), Is.EqualTo((FailureKind.Throttled, (TimeSpan?)AnthropicFailures.SpentHold)));
    }

    [TestCase("requests.17.params.max_tokens: Field required", 18)]
    [TestCase("requests.0: Input should be a valid dictionary", 1)]
    [TestCase("requests.99999999999: no such number", null)]
    [TestCase("Invalid request in batch", null)]
    public async Task A_bad_request_inside_is_named_where_the_provider_names_it(string message, int? line, CancellationToken cancellationToken)
    {
        var failure = await RefusalWith(400, Error("invalid_request_error", message), cancellationToken);
        Assert.That((failure.Kind, failure.Line), Is.EqualTo((FailureKind.Invalid, line)));
    }

    [TestCase("anthropic-version: \"2020-01-01\" is not a valid version")]
    [TestCase("requests: List should have at most 100000 items after validation, not 100001")]
    public async Task A_fault_of_the_call_itself_blames_no_request(string message, CancellationToken cancellationToken)
    {
        Assert.That((await RefusalWith(400, Error("invalid_request_error", message), cancellationToken)).Kind, Is.EqualTo(FailureKind.Refused));
    }

    [Test]
    public async Task A_refused_connection_is_not_sent(CancellationToken cancellationToken)
    {
        using var client = new AnthropicClient($"http://127.0.0.1:{FreePort()}");
        Assert.That(await client.CreateAsync(cancellationToken), Is.EqualTo(new CreateOutcome.NotSent("connection_error")));
    }

    [Test]
    public async Task A_spool_that_is_gone_or_another_one_is_not_sent(CancellationToken cancellationToken)
    {
        await using var server = new RawServer(connection => connection.AnswerAsync(200, Batch));
        using var client = new AnthropicClient(AnthropicClient.AddressOf(server));
        Assert.That(await client.Provider.CreateAsync(client.SubmissionOf(10), cancellationToken), Is.EqualTo(new CreateOutcome.NotSent("spool_gone")));
        await File.WriteAllTextAsync(client.Spool, "{}\n", cancellationToken);
        Assert.That(await client.Provider.CreateAsync(client.SubmissionOf(10), cancellationToken), Is.EqualTo(new CreateOutcome.NotSent("spool_gone")));
        Assert.That(server.Connections, Is.Zero);
    }

    [Test]
    public async Task A_reset_after_the_request_is_unknown(CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            connection.Reset();
        });
        using var client = new AnthropicClient(AnthropicClient.AddressOf(server));
        Assert.That(await client.CreateAsync(cancellationToken), Is.EqualTo(new CreateOutcome.Unknown("connection_lost")));
        Assert.That(server.Connections, Is.EqualTo(1), "sent more than once");
    }

    [Test]
    public async Task A_timeout_is_unknown_and_a_large_body_has_more_time(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var arrived = new TaskCompletionSource();
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            arrived.SetResult();
            await connection.HangAsync();
        });
        using var client = new AnthropicClient(AnthropicClient.AddressOf(server), time);
        var call = client.CreateAsync(cancellationToken, $"{{\"custom_id\":\"job_1\",\"params\":{{\"x\":\"{new string('x', 600_000)}\"}}}}");
        await arrived.Task.WaitAsync(cancellationToken);
        time.Advance(AnthropicClient.Quick.Create);
        Assert.That(call.IsCompleted, Is.False, "600 kB take more than a second at 4 Mbit/s");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await call, Is.EqualTo(new CreateOutcome.Unknown("timeout")));
    }

    [Test]
    public async Task The_whole_input_travels_in_one_body_of_announced_length(CancellationToken cancellationToken)
    {
        var request = "";
        await using var server = new RawServer(async connection =>
        {
            request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(200, Batch);
        });
        using var client = new AnthropicClient(AnthropicClient.AddressOf(server));
        await client.CreateAsync(cancellationToken, """{"custom_id":"job_1","params":{"n":1.50e3}}""", """{"custom_id":"job_2","params":{"t":"a\nb"}}""");
        const string Body = """{"requests":[{"custom_id":"job_1","params":{"n":1.50e3}},{"custom_id":"job_2","params":{"t":"a\nb"}}]}""";
        Assert.That(request, Does.StartWith("POST /v1/messages/batches HTTP/1.1\r\n")
            .And.Contain($"x-api-key: {AnthropicClient.Key}\r\n")
            .And.Contain("anthropic-version: 2023-06-01\r\n")
            .And.Contain("Content-Type: application/json\r\n")
            .And.Contain($"Content-Length: {Body.Length}\r\n")
            .And.EndsWith("\r\n\r\n" + Body));
        Assert.That(request, Does.Not.Contain("Authorization"));
    }

    private static async Task<ProviderFailure> RefusalWith(int status, string body, CancellationToken cancellationToken, string headers = "") =>
        ((CreateOutcome.Rejected)await AnswerWith(status, body, cancellationToken, headers)).Failure;

    private static async Task<CreateOutcome> AnswerWith(int status, string body, CancellationToken cancellationToken, string headers = "")
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.AnswerAsync(status, body, headers + "Location: /elsewhere\r\n");
        });
        using var client = new AnthropicClient(AnthropicClient.AddressOf(server));
        var outcome = await client.CreateAsync(cancellationToken);
        Assert.That(server.Connections, Is.EqualTo(1), "sent more than once");
        return outcome;
    }

    private static string Error(string type, string message, string? code = null) => System.Text.Json.JsonSerializer.Serialize(new
    {
        type = "error",
        error = new { type, message, details = code is null ? null : new { error_code = code } },
        request_id = "req_1",
    });

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
