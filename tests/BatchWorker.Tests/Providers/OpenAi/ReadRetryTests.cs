using BatchWorker.Providers;

namespace BatchWorker.Tests.Providers.OpenAi;

/// <summary>How often and how long a read is tried.</summary>
[CancelAfter(20_000)]
internal sealed class ReadRetryTests
{
    private const string Batch = """{"id":"b","status":"in_progress"}""";

    [TestCase(408), TestCase(429), TestCase(500), TestCase(503), TestCase(529)]
    public async Task A_passing_failure_is_tried_again(int status, CancellationToken cancellationToken)
    {
        var (answer, tries) = await GetAsync(number => number == 1 ? (status, "{}", "") : (200, Batch, ""), cancellationToken);
        Assert.That((answer.Value?.Id, tries), Is.EqualTo(("b", 2)));
    }

    [TestCase(400), TestCase(401), TestCase(404), TestCase(302)]
    public async Task A_lasting_failure_is_not(int status, CancellationToken cancellationToken)
    {
        var (answer, tries) = await GetAsync(_ => (status, "{}", "Location: /v1/elsewhere\r\n"), cancellationToken);
        Assert.That((answer.Failure!.Code, tries), Is.EqualTo(($"http_{status}", 1)));
    }

    [Test]
    public async Task Tries_are_bounded(CancellationToken cancellationToken)
    {
        var (answer, tries) = await GetAsync(_ => (503, "{}", ""), cancellationToken);
        Assert.That((answer.Failure!.Kind, tries), Is.EqualTo((FailureKind.Unavailable, 1 + OpenAiClient.Quick.Retries)));
    }

    [Test]
    public async Task A_long_wait_is_the_callers(CancellationToken cancellationToken)
    {
        var (answer, tries) = await GetAsync(_ => (429, "{}", "Retry-After: 120\r\n"), cancellationToken);
        Assert.That((answer.Failure!.Kind, answer.Failure.RetryAfter, tries), Is.EqualTo((FailureKind.Throttled, (TimeSpan?)TimeSpan.FromMinutes(2), 1)));
    }

    [TestCase(503, "false", 1), TestCase(400, "true", 2)]
    public async Task The_providers_own_word_on_trying_again_is_obeyed(int status, string hint, int tries, CancellationToken cancellationToken)
    {
        var (_, made) = await GetAsync(number => number == 1 ? (status, "{}", $"x-should-retry: {hint}\r\n") : (200, Batch, ""), cancellationToken);
        Assert.That(made, Is.EqualTo(tries));
    }

    [Test]
    public async Task A_short_retry_after_is_waited_for(CancellationToken cancellationToken)
    {
        var time = new WatchedTime(TimeSpan.FromSeconds(10));
        var tries = 0;
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await (Interlocked.Increment(ref tries) == 1
                ? connection.AnswerAsync(429, "", "Retry-After: 10\r\nConnection: close\r\n")
                : connection.AnswerAsync(200, Batch, "Connection: close\r\n"));
        });
        using var client = new OpenAiClient(server.BaseUrl, time);
        var call = client.Provider.GetAsync("b", cancellationToken);
        await time.Waiting.WaitAsync(cancellationToken);
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.That((call.IsCompleted, tries), Is.EqualTo((false, 1)));
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That((await call).Value?.Id, Is.EqualTo("b"));
        Assert.That(tries, Is.EqualTo(2));
    }

    [Test]
    public async Task An_answer_cut_in_its_middle_is_tried_again(CancellationToken cancellationToken)
    {
        var tries = 0;
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await (Interlocked.Increment(ref tries) == 1
                ? connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"id\":")
                : connection.AnswerAsync(200, Batch));
        });
        using var client = new OpenAiClient(server.BaseUrl);
        Assert.That((await client.Provider.GetAsync("b", cancellationToken)).Value?.Id, Is.EqualTo("b"));
        Assert.That(tries, Is.EqualTo(2));
    }

    [Test]
    public async Task A_provider_that_hangs_in_the_middle_of_its_answer_is_unavailable(CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"id\":");
            await connection.HangAsync();
        });
        using var client = new OpenAiClient(server.BaseUrl, timeouts: OpenAiClient.Quick with { Attempt = TimeSpan.FromMilliseconds(50) });
        var answer = await client.Provider.GetAsync("b", cancellationToken);
        Assert.That((answer.Failure!.Kind, answer.Failure.Code), Is.EqualTo((FailureKind.Unavailable, "timeout")));
    }

    [Test]
    public async Task A_provider_that_is_down_is_left_alone_for_a_while(CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.AnswerAsync(500, "{}");
        });
        using var client = new OpenAiClient(server.BaseUrl);
        var codes = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            codes.Add((await client.Provider.GetAsync("b", cancellationToken)).Failure!.Code);
        }
        Assert.That((codes[0], codes[^1]), Is.EqualTo(("http_500", "circuit_open")));
        Assert.That(server.Connections, Is.EqualTo(20));
    }

    [Test]
    public async Task An_open_circuit_does_not_concern_the_create_call(CancellationToken cancellationToken)
    {
        var reads = 0;
        await using var server = new RawServer(async connection =>
        {
            var request = await connection.ReadRequestAsync();
            var isRead = request.StartsWith("GET", StringComparison.Ordinal);
            reads += isRead ? 1 : 0;
            await connection.AnswerAsync(isRead ? 500 : 200, Batch);
        });
        using var client = new OpenAiClient(server.BaseUrl);
        for (var i = 0; i < 12; i++)
        {
            await client.Provider.GetAsync("b", cancellationToken);
        }
        Assert.That(await client.CreateAsync(cancellationToken), Is.EqualTo(new CreateOutcome.Created("b")));
    }

    private static async Task<(Answer<ProviderBatch> Answer, int Tries)> GetAsync(
        Func<int, (int Status, string Body, string Headers)> script,
        CancellationToken cancellationToken)
    {
        var tries = 0;
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            var (status, body, headers) = script(Interlocked.Increment(ref tries));
            await connection.AnswerAsync(status, body, headers + "Connection: close\r\n");
        });
        using var client = new OpenAiClient(server.BaseUrl);
        return (await client.Provider.GetAsync("b", cancellationToken), tries);
    }
}
