using BatchWorker.Lifecycle;
using BatchWorker.Providers;

namespace BatchWorker.Tests.Providers.Anthropic;

/// <summary>Streaming results over real sockets.</summary>
[CancelAfter(20_000)]
internal sealed class DownloadTests
{
    private const string Answer1 = """{"custom_id":"job_1","result":{"type":"succeeded","message":{"a":1}}}""";
    private const string Canceled2 = """{"custom_id":"job_2","result":{"type":"canceled"}}""";

    [Test]
    public async Task Results_come_from_our_base_url_in_any_order_whatever_the_content_type(CancellationToken cancellationToken)
    {
        var request = "";
        await using var server = new RawServer(async connection =>
        {
            request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(200, $"{Canceled2}\n\n{Answer1}\n#\n");
        });
        using var client = new AnthropicClient(AnthropicClient.AddressOf(server));
        var lines = await client.Provider.ReadResultsAsync(Batch, cancellationToken).ToListAsync(cancellationToken);
        Assert.That(lines.Select(line => (line.CustomId, line.Outcome)), Is.EqualTo(new[]
        {
            ("job_2", Outcome.Cancelled), ("job_1", Outcome.Succeeded), (null, Outcome.Missing),
        }));
        Assert.That(request, Does.StartWith("GET /v1/messages/batches/msgbatch_1/results HTTP/1.1\r\n").And.Contain($"x-api-key: {AnthropicClient.Key}\r\n"));
    }

    [Test]
    public async Task A_download_that_is_cut_delivers_what_came_and_then_fails(CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{Answer1}\n{Canceled2[..20]}");
        });
        using var client = new AnthropicClient(AnthropicClient.AddressOf(server));
        var read = new List<string?>();
        var failure = await Assert.ThrowsAsync<ProviderReadException>(async () =>
        {
            await foreach (var line in client.Provider.ReadResultsAsync(Batch, cancellationToken))
            {
                read.Add(line.CustomId);
            }
        });
        Assert.That((failure.Failure.Kind, failure.Failure.Code), Is.EqualTo((FailureKind.Unavailable, "response_ended")));
        Assert.That(read, Is.EqualTo(new[] { "job_1" }));
    }

    [Test]
    public async Task Results_that_are_not_there_yet_are_not_found(CancellationToken cancellationToken)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.AnswerAsync(404, """{"type":"error","error":{"type":"not_found_error","message":"Not yet."}}""");
        });
        using var client = new AnthropicClient(AnthropicClient.AddressOf(server));
        var failure = await Assert.ThrowsAsync<ProviderReadException>(async () => await client.Provider.ReadResultsAsync(Batch, cancellationToken).ToListAsync(cancellationToken));
        Assert.That(failure.Failure, Is.EqualTo(new ProviderFailure(FailureKind.NotFound, "not_found_error", "Not yet.")));
    }

    private static ProviderBatch Batch => new() { Id = "msgbatch_1", Phase = ProviderPhase.Completed, RawStatus = "ended" };
}
