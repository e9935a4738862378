using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Providers.OpenAi;

/// <summary>Streaming results over real sockets; above all, never taking a cut file for a complete one.</summary>
[CancelAfter(20_000)]
internal sealed class DownloadTests
{
    private const string Answer1 = """{"custom_id":"job_1","response":{"status_code":200,"body":{"a":1}},"error":null}""";
    private const string Answer2 = """{"custom_id":"job_2","response":{"status_code":200,"body":{"a":2}},"error":null}""";
    private const string Expired3 = """{"custom_id":"job_3","response":null,"error":{"code":"batch_expired","message":"Too late."}}""";

    [Test]
    public async Task Answers_come_before_failures_and_a_last_newline_is_not_needed(CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection =>
        {
            var request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(200, request.Contains("/files/file-out/content") ? $"{Answer1}\n\n{Answer2}" : $"{Expired3}\n", "Connection: close\r\n");
        });
        using var client = new OpenAiClient(server.BaseUrl);
        var lines = await client.Provider.ReadResultsAsync(Batch("file-out", "file-err"), cancellationToken).ToListAsync(cancellationToken);
        Assert.That(lines.Select(line => (line.CustomId, line.Outcome)), Is.EqualTo(new[]
        {
            ("job_1", Outcome.Succeeded), ("job_2", Outcome.Succeeded), ("job_3", Outcome.Expired),
        }));
    }

    [TestCase(null, "file-err")]
    [TestCase("file-out", null)]
    public async Task Either_file_may_be_missing(string? output, string? errors, CancellationToken cancellationToken)
    {
        Assert.That(await ReadAsync(Plain($"{Answer1}\n"), cancellationToken, Batch(output, errors)), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_batch_without_files_has_no_lines(CancellationToken cancellationToken)
    {
        Assert.That(await ReadAsync("", cancellationToken, Batch(null, null)), Is.Empty);
    }

    [Test]
    public async Task A_garbled_line_leaves_the_others_alone(CancellationToken cancellationToken)
    {
        var lines = await ReadAsync(Plain($"{Answer1[..60]}\n{Answer2}\n#\n"), cancellationToken);
        Assert.That(lines.Select(line => (line.CustomId, line.Outcome)), Is.EqualTo(new[]
        {
            ("job_1", Outcome.Missing), ("job_2", Outcome.Succeeded), (null, Outcome.Missing),
        }));
    }

    [Test]
    public async Task A_line_that_is_too_long_is_missing_under_its_id(CancellationToken cancellationToken)
    {
        var huge = Answer1.Replace("\"a\":1", $"\"a\":\"{new string('x', 2 << 20)}\"", StringComparison.Ordinal);
        var lines = await ReadAsync(Plain($"{huge}\n{Answer2}\n"), cancellationToken);
        Assert.That(lines.Select(line => (line.CustomId, line.Outcome)), Is.EqualTo(new[]
        {
            ("job_1", Outcome.Missing), ("job_2", Outcome.Succeeded),
        }));
    }

    [TestCaseSource(nameof(CutAnswers))]
    public async Task A_download_that_is_cut_delivers_what_came_and_then_fails(string answer, CancellationToken cancellationToken)
    {
        await using var server = Serving(answer, connection => connection.Dispose());
        await AssertCutAsync(server, "response_ended", cancellationToken);
    }

    [Test]
    public async Task A_reset_in_the_middle_fails(CancellationToken cancellationToken)
    {
        var read = new TaskCompletionSource();
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{Answer1}\n{{\"cus");
            await read.Task.WaitAsync(connection.Stop);
            connection.Reset();
        });
        await AssertCutAsync(server, "connection_lost", cancellationToken, read.SetResult);
    }

    [Test]
    public async Task A_download_that_falls_silent_fails(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        await using var server = Serving($"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{Answer1}\n", _ => { }, hang: true);
        using var client = new OpenAiClient(server.BaseUrl, time);
        await using var lines = client.Provider.ReadResultsAsync(Batch("file-out", null), cancellationToken).GetAsyncEnumerator(cancellationToken);
        Assert.That(await lines.MoveNextAsync());
        var next = lines.MoveNextAsync().AsTask();
        time.Advance(OpenAiClient.Quick.Idle);
        var failure = await Assert.ThrowsAsync<ProviderReadException>(() => next);
        Assert.That(failure.Failure.Code, Is.EqualTo("timeout"));
    }

    [Test]
    public async Task A_slow_reader_is_no_silent_provider(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        await using var server = Serving(Plain($"{Answer1}\n{Answer2}\n"), _ => { });
        using var client = new OpenAiClient(server.BaseUrl, time);
        var read = 0;
        await foreach (var _ in client.Provider.ReadResultsAsync(Batch("file-out", null), cancellationToken))
        {
            time.Advance(TimeSpan.FromHours(1));
            read++;
        }
        Assert.That(read, Is.EqualTo(2));
    }

    [Test]
    public async Task A_file_that_is_gone_fails_as_not_found(CancellationToken cancellationToken)
    {
        await using var server = Serving("HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n", _ => { });
        using var client = new OpenAiClient(server.BaseUrl);
        var failure = await Assert.ThrowsAsync<ProviderReadException>(() => ReadAllAsync(client, cancellationToken));
        Assert.That(failure.Failure.Kind, Is.EqualTo(FailureKind.NotFound));
    }

    [Test]
    public async Task The_callers_cancellation_stays_a_cancellation(CancellationToken cancellationToken)
    {
        await using var server = Serving($"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{Answer1}\n", _ => { }, hang: true);
        using var client = new OpenAiClient(server.BaseUrl);
        using var shutdown = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var lines = client.Provider.ReadResultsAsync(Batch("file-out", null), shutdown.Token).GetAsyncEnumerator(shutdown.Token);
        Assert.That(await lines.MoveNextAsync());
        var next = lines.MoveNextAsync().AsTask();
        await shutdown.CancelAsync();
        Assert.That(async () => await next, Throws.InstanceOf<OperationCanceledException>());
    }

    private static IEnumerable<TestCaseData<string>> CutAnswers()
    {
        var chunk = $"{Answer1}\n{Answer2[..30]}";
        yield return new TestCaseData<string>($"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{Answer1}\n").SetArgDisplayNames("length, between lines");
        yield return new TestCaseData<string>($"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{chunk}").SetArgDisplayNames("length, within a line");
        yield return new TestCaseData<string>($"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{Answer1}\n{Answer2}").SetArgDisplayNames("length, before the newline");
        yield return new TestCaseData<string>($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunk.Length:x}\r\n{chunk}\r\n").SetArgDisplayNames("chunked, between chunks");
        yield return new TestCaseData<string>($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n500\r\n{chunk}").SetArgDisplayNames("chunked, within a chunk");
        yield return new TestCaseData<string>($"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{chunk}").SetArgDisplayNames("no length at all");
    }

    private static async Task AssertCutAsync(RawServer server, string code, CancellationToken cancellationToken, Action? afterFirst = null)
    {
        using var client = new OpenAiClient(server.BaseUrl);
        var read = new List<string?>();
        var failure = await Assert.ThrowsAsync<ProviderReadException>(async () =>
        {
            await foreach (var line in client.Provider.ReadResultsAsync(Batch("file-out", null), cancellationToken))
            {
                read.Add(line.CustomId);
                afterFirst?.Invoke();
            }
        });
        Assert.That((failure.Failure.Kind, failure.Failure.Code), Is.EqualTo((FailureKind.Unavailable, code)));
        Assert.That(read, Is.EqualTo(new[] { "job_1" }));
    }

    private static async Task<List<ResultLine>> ReadAsync(string answer, CancellationToken cancellationToken, ProviderBatch? batch = null)
    {
        await using var server = Serving(answer, _ => { });
        using var client = new OpenAiClient(server.BaseUrl);
        return await client.Provider.ReadResultsAsync(batch ?? Batch("file-out", null), cancellationToken).ToListAsync(cancellationToken);
    }

    private static async Task ReadAllAsync(OpenAiClient client, CancellationToken cancellationToken) =>
        await client.Provider.ReadResultsAsync(Batch("file-out", null), cancellationToken).ToListAsync(cancellationToken);

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

    private static ProviderBatch Batch(string? output, string? errors) => new()
    {
        Id = "batch_1",
        Phase = ProviderPhase.Completed,
        RawStatus = "completed",
        OutputFileId = output,
        ErrorFileId = errors,
    };
}
