using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Providers.Gemini;

/// <summary>Streaming results over real sockets; above all, never taking a cut file for a complete one.</summary>
[CancelAfter(20_000)]
internal sealed class DownloadTests
{
    private const string Answer1 = """{"response":{"a":1},"key":"job_1"}""";
    private const string Answer2 = """{"key":"job_2","response":{"a":2}}""";
    private const string Refused3 = """{"key":"job_3","error":{"code":3,"message":"Bad."}}""";

    [Test]
    public async Task The_file_is_streamed_and_a_last_newline_is_not_needed(CancellationToken cancellationToken)
    {
        var requests = new List<string>();
        await using var server = new RawServer(async connection =>
        {
            requests.Add(await connection.ReadRequestAsync());
            await connection.SendAsync(Plain($"{Answer1}\n\n{Refused3}\n{Answer2}"));
        });
        Assert.That(await ReadAsync(server, cancellationToken), Is.EqualTo(new (string?, Outcome)[]
        {
            ("job_1", Outcome.Succeeded), ("job_3", Outcome.Failed), ("job_2", Outcome.Succeeded),
        }));
        Assert.That(requests.Single(), Does.StartWith("GET /v1/download/v1beta/files/batch-o08h:download?alt=media HTTP/1.1\r\n"));
    }

    [Test]
    public async Task The_other_address_is_tried_where_the_first_is_not_known(CancellationToken cancellationToken)
    {
        var requests = new List<string>();
        await using var server = new RawServer(async connection =>
        {
            var request = await connection.ReadRequestAsync();
            requests.Add(request[..request.IndexOf(" HTTP", StringComparison.Ordinal)]);
            await (requests.Count == 1 ? connection.AnswerAsync(404, "{}", "Connection: close\r\n") : connection.SendAsync(Plain($"{Answer1}\n")));
        });
        Assert.That(await ReadAsync(server, cancellationToken), Is.EqualTo(new (string?, Outcome)[] { ("job_1", Outcome.Succeeded) }));
        Assert.That(requests, Is.EqualTo(new[]
        {
            "GET /v1/download/v1beta/files/batch-o08h:download?alt=media",
            "GET /v1/v1beta/files/batch-o08h:download?alt=media",
        }));
    }

    [Test]
    public async Task A_file_that_is_gone_at_both_fails_as_not_found(CancellationToken cancellationToken)
    {
        await using var server = Serving("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n", _ => { });
        using var client = new GeminiClient(server.BaseUrl);
        var failure = await Assert.ThrowsAsync<ProviderReadException>(async () => await client.Provider.ReadResultsAsync(Batch(), cancellationToken).ToListAsync(cancellationToken));
        Assert.That(failure.Failure.Kind, Is.EqualTo(FailureKind.NotFound));
    }

    [TestCase("""{"name":"batches/o08h","metadata":{"output":{"inlinedResponses":{"inlinedResponses":[ITEMS]}}}}""")]
    [TestCase("""{"name":"batches/o08h","response":{"inlinedResponses":{"inlinedResponses":[ITEMS]}}}""")]
    [TestCase("""{"name":"batches/o08h","response":{"output":{"inlinedResponses":{"inlinedResponses":[ITEMS]}}}}""")]
    [TestCase("""{"name":"batches/o08h","response":{"inlinedEmbedContentResponses":{"inlinedResponses":[ITEMS]}}}""")]
    [TestCase("""{"name":"batches/o08h","metadata":{"output":{}},"response":{"inlinedResponses":[ITEMS]}}""")]
    public async Task Answers_inside_the_operation_are_read_from_there(string operation, CancellationToken cancellationToken)
    {
        var items = """{"response":{"a": 1.50},"metadata":{"key":"job_1"}},{"error":{"code":8},"metadata":{"key":"job_2"}},{"response":{}}""";
        await using var server = Serving(Plain(operation.Replace("ITEMS", items, StringComparison.Ordinal)), _ => { });
        Assert.That(await ReadAsync(server, cancellationToken, Batch(output: null)), Is.EqualTo(new (string?, Outcome)[]
        {
            ("job_1", Outcome.Succeeded), ("job_2", Outcome.Failed), (null, Outcome.Succeeded),
        }));
    }

    [TestCase(ProviderPhase.Expired), TestCase(ProviderPhase.Cancelled), TestCase(ProviderPhase.Completed)]
    public async Task A_batch_without_any_answers_has_no_lines(object phase, CancellationToken cancellationToken)
    {
        await using var server = Serving(Plain("""{"name":"batches/o08h","done":true,"error":{"code":1}}"""), _ => { });
        Assert.That(await ReadAsync(server, cancellationToken, Batch(output: null) with { Phase = (ProviderPhase)phase }), Is.Empty);
    }

    [Test]
    public async Task An_operation_that_can_not_be_read_is_not_one_without_answers(CancellationToken cancellationToken)
    {
        await using var server = Serving("HTTP/1.1 500 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", _ => { });
        using var client = new GeminiClient(server.BaseUrl);
        var failure = await Assert.ThrowsAsync<ProviderReadException>(async () => await client.Provider.ReadResultsAsync(Batch(output: null), cancellationToken).ToListAsync(cancellationToken));
        Assert.That(failure.Failure.Kind, Is.EqualTo(FailureKind.Unavailable));
    }

    [Test]
    public async Task Requests_that_were_cancelled_with_their_batch_are_cancelled(CancellationToken cancellationToken)
    {
        await using var server = Serving(Plain("""{"key":"job_1","error":{"code":1}}""" + "\n" + Answer2), _ => { });
        Assert.That(await ReadAsync(server, cancellationToken, Batch() with { Phase = ProviderPhase.Cancelled }), Is.EqualTo(new (string?, Outcome)[]
        {
            ("job_1", Outcome.Cancelled), ("job_2", Outcome.Succeeded),
        }));
    }

    [Test]
    public async Task A_garbled_line_and_one_that_is_too_long_leave_the_others_alone(CancellationToken cancellationToken)
    {
        var huge = $$"""{"key":"job_1","response":{"a":"{{new string('x', 2 << 20)}}"} }""";
        await using var server = Serving(Plain($"{huge}\n{Answer2}\n#\n"), _ => { });
        Assert.That(await ReadAsync(server, cancellationToken), Is.EqualTo(new (string?, Outcome)[]
        {
            ("job_1", Outcome.Missing), ("job_2", Outcome.Succeeded), (null, Outcome.Missing),
        }));
    }

    [TestCaseSource(nameof(CutAnswers))]
    public async Task A_download_that_is_cut_delivers_what_came_and_then_fails(string answer, CancellationToken cancellationToken)
    {
        await using var server = Serving(answer, connection => connection.Dispose());
        using var client = new GeminiClient(server.BaseUrl);
        var read = new List<string?>();
        var failure = await Assert.ThrowsAsync<ProviderReadException>(async () =>
        {
            await foreach (var line in client.Provider.ReadResultsAsync(Batch(), cancellationToken))
            {
                read.Add(line.CustomId);
            }
        });
        Assert.That((failure.Failure.Kind, failure.Failure.Code), Is.EqualTo((FailureKind.Unavailable, "response_ended")));
        Assert.That(read, Is.EqualTo(new[] { "job_1" }));
    }

    [Test]
    public async Task A_download_that_falls_silent_fails(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        await using var server = Serving($"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{Answer1}\n", _ => { }, hang: true);
        using var client = new GeminiClient(server.BaseUrl, time);
        await using var lines = client.Provider.ReadResultsAsync(Batch(), cancellationToken).GetAsyncEnumerator(cancellationToken);
        Assert.That(await lines.MoveNextAsync());
        var next = lines.MoveNextAsync().AsTask();
        time.Advance(GeminiClient.Quick.Idle);
        var failure = await Assert.ThrowsAsync<ProviderReadException>(() => next);
        Assert.That(failure.Failure.Code, Is.EqualTo("timeout"));
    }

    private static IEnumerable<TestCaseData<string>> CutAnswers()
    {
        var chunk = $"{Answer1}\n{Answer2[..20]}";
        yield return new TestCaseData<string>($"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{Answer1}\n").SetArgDisplayNames("length, between lines");
        yield return new TestCaseData<string>($"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{chunk}").SetArgDisplayNames("length, within a line");
        yield return new TestCaseData<string>($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunk.Length:x}\r\n{chunk}\r\n").SetArgDisplayNames("chunked, between chunks");
        yield return new TestCaseData<string>($"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{chunk}").SetArgDisplayNames("no length at all");
    }

    private static async Task<List<(string? Key, Outcome Outcome)>> ReadAsync(RawServer server, CancellationToken cancellationToken, ProviderBatch? batch = null)
    {
        using var client = new GeminiClient(server.BaseUrl);
        return await client.Provider.ReadResultsAsync(batch ?? Batch(), cancellationToken).Select(line => (line.CustomId, line.Outcome)).ToListAsync(cancellationToken);
    }

    private static RawServer Serving(string answer, Action<RawConnection> end, bool hang = false) => new(async connection =>
    {
        await connection.ReadRequestAsync();
        await connection.SendAsync(answer);
        if (hang)
        {
            await connection.HangAsync();
        }
        end(connection);
    });

    private static string Plain(string content) => $"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\n\r\n{content}";

    private static ProviderBatch Batch(string? output = "files/batch-o08h") => new()
    {
        Id = "batches/o08h",
        Phase = ProviderPhase.Completed,
        RawStatus = "BATCH_STATE_SUCCEEDED",
        OutputFileId = output,
    };
}
