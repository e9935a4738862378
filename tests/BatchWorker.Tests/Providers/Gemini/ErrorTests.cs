using BatchWorker.Providers;

namespace BatchWorker.Tests.Providers.Gemini;

/// <summary>What Google says only in the body of an error.</summary>
[CancelAfter(20_000)]
internal sealed class ErrorTests
{
    private const string WrongKey = """
        {"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[
          {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com","metadata":{"service":"generativelanguage.googleapis.com"}}]}}
        """;

    [Test]
    public async Task A_wrong_key_is_unauthorized_though_google_says_400(CancellationToken cancellationToken)
    {
        await using var server = Serving(400, WrongKey);
        using var client = new GeminiClient(server.BaseUrl);
        var wrong = new ProviderFailure(FailureKind.Unauthorized, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.");
        Assert.That(await client.Provider.ProbeAsync(cancellationToken), Is.EqualTo(wrong));
        Assert.That((await client.Provider.GetAsync("batches/b", cancellationToken)).Failure, Is.EqualTo(wrong));
        Assert.That(await client.CreateAsync(cancellationToken), Is.EqualTo(new CreateOutcome.Rejected(wrong)));
    }

    [TestCase(400, """{"error":{"code":400,"message":"API_KEY_INVALID","status":"INVALID_ARGUMENT","details":[{"reason":"OTHER"}]}}""", "Refused")]
    [TestCase(400, """{"error":{"code":400,"status":"FAILED_PRECONDITION","details":"API_KEY_INVALID"}}""", "Refused")]
    [TestCase(400, "<html>", "Refused")]
    [TestCase(401, "{}", "Unauthorized")]
    [TestCase(403, """{"error":{"code":403,"status":"PERMISSION_DENIED","message":"Method doesn't allow unregistered callers."}}""", "Unauthorized")]
    [TestCase(404, "{}", "NotFound")]
    public async Task Other_errors_are_what_their_status_says(int status, string body, string kind, CancellationToken cancellationToken)
    {
        await using var server = Serving(status, body);
        using var client = new GeminiClient(server.BaseUrl);
        Assert.That((await client.Provider.GetAsync("batches/b", cancellationToken)).Failure!.Kind, Is.EqualTo(Enum.Parse<FailureKind>(kind)));
    }

    [TestCase("34s", "", 34.0)]
    [TestCase("34.074824224s", "", 34.0748242)]
    [TestCase("90000s", "", 3600.0)]
    [TestCase("34s", "Retry-After: 120\r\n", 120.0)]
    [TestCase("34", "", null)]
    [TestCase("-34s", "", null)]
    [TestCase("s", "", null)]
    [TestCase("1e3s", "", null)]
    public async Task How_long_to_wait_is_read_from_the_details(string delay, string header, double? seconds, CancellationToken cancellationToken)
    {
        await using var server = Serving(429, Quota(delay), header);
        using var client = new GeminiClient(server.BaseUrl);
        var outcome = (CreateOutcome.Rejected)await client.CreateAsync(cancellationToken);
        Assert.That(outcome.Failure, Is.EqualTo(new ProviderFailure(
            FailureKind.Throttled,
            "RESOURCE_EXHAUSTED",
            "You exceeded your current quota...",
            seconds is { } wait ? TimeSpan.FromSeconds(wait) : null)));
    }

    [Test]
    public async Task A_long_wait_of_a_read_is_the_callers(CancellationToken cancellationToken)
    {
        await using var server = Serving(429, Quota("34s"));
        using var client = new GeminiClient(server.BaseUrl);
        var answer = await client.Provider.GetAsync("batches/b", cancellationToken);
        Assert.That((answer.Failure!.Kind, answer.Failure.RetryAfter, server.Connections), Is.EqualTo((FailureKind.Throttled, (TimeSpan?)TimeSpan.FromSeconds(34), 1)));
    }

    [Test]
    public async Task A_short_wait_of_a_read_is_waited_for(CancellationToken cancellationToken)
    {
        var time = new WatchedTime(TimeSpan.FromSeconds(10));
        var tries = 0;
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await (Interlocked.Increment(ref tries) == 1
                ? connection.AnswerAsync(429, Quota("10s"), "Connection: close\r\n")
                : connection.AnswerAsync(200, """{"name":"batches/b"}""", "Connection: close\r\n"));
        });
        using var client = new GeminiClient(server.BaseUrl, time);
        var call = client.Provider.GetAsync("batches/b", cancellationToken);
        await time.Waiting.WaitAsync(cancellationToken);
        Assert.That((call.IsCompleted, tries), Is.EqualTo((false, 1)));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(((await call).Value?.Id, tries), Is.EqualTo(("batches/b", 2)));
    }

    [TestCase("HTTP/1.1 500 X\r\nContent-Length: 500\r\n\r\n{\"error\":")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"name\":")]
    public async Task An_answer_cut_in_its_middle_is_tried_again(string cut, CancellationToken cancellationToken)
    {
        var tries = 0;
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await (Interlocked.Increment(ref tries) == 1 ? connection.SendAsync(cut) : connection.AnswerAsync(200, """{"name":"batches/b"}"""));
        });
        using var client = new GeminiClient(server.BaseUrl);
        Assert.That((await client.Provider.GetAsync("batches/b", cancellationToken)).Value?.Id, Is.EqualTo("batches/b"));
        Assert.That(tries, Is.EqualTo(2));
    }

    private static string Quota(string delay) => $$"""
        {"error":{"code":429,"message":"You exceeded your current quota...","status":"RESOURCE_EXHAUSTED","details":[
          {"@type":"type.googleapis.com/google.rpc.Help","links":[{"description":"Learn more","url":"https://ai.google.dev"}]},
          {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{{delay}}"}]} }
        """;

    private static RawServer Serving(int status, string body, string headers = "") => new(async connection =>
    {
        await connection.ReadRequestAsync();
        await connection.AnswerAsync(status, body, headers + "Connection: close\r\n");
    });
}
