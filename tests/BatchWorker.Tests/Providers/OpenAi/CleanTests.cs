using System.Collections.Concurrent;
using BatchWorker.Providers;

namespace BatchWorker.Tests.Providers.OpenAi;

/// <summary>Deleting what a batch left at OpenAI.</summary>
[CancelAfter(20_000)]
internal sealed class CleanTests
{
    private const string Batch = """{"id":"batch_1","status":"completed","input_file_id":"file-in","output_file_id":"file-out","error_file_id":""}""";
    private readonly ConcurrentQueue<string> _calls = new();

    [SetUp]
    public void Forget() => _calls.Clear();

    [Test]
    public async Task Input_and_output_are_deleted_once_each_and_what_does_not_exist_is_not_asked_for(CancellationToken cancellationToken)
    {
        await using var server = Serve(call => call.StartsWith("GET", StringComparison.Ordinal) ? (200, Batch) : (200, """{"deleted":true}"""));
        Assert.That(await DeleteAsync(server, new ProviderFiles("batch_1", "file-in"), cancellationToken), Is.Null);
        Assert.That(_calls, Is.EqualTo(new[] { "GET /v1/batches/batch_1", "DELETE /v1/files/file-in", "DELETE /v1/files/file-out" }));
    }

    [Test]
    public async Task What_is_gone_is_deleted(CancellationToken cancellationToken)
    {
        await using var server = Serve(_ => (404, """{"error":{"message":"No such thing."}}"""));
        Assert.That(await DeleteAsync(server, new ProviderFiles("batch_1", "file-in"), cancellationToken), Is.Null);
        Assert.That(_calls, Is.EqualTo(new[] { "GET /v1/batches/batch_1", "DELETE /v1/files/file-in" }));
    }

    [Test]
    public async Task An_input_without_a_batch_is_deleted(CancellationToken cancellationToken)
    {
        await using var server = Serve(_ => (200, "{}"));
        Assert.That(await DeleteAsync(server, new ProviderFiles(null, "file-in"), cancellationToken), Is.Null);
        Assert.That(_calls, Is.EqualTo(new[] { "DELETE /v1/files/file-in" }));
    }

    [TestCase("GET"), TestCase("DELETE")]
    public async Task A_refused_key_is_a_failure_and_nothing_more_is_tried(string method, CancellationToken cancellationToken)
    {
        await using var server = Serve(call => call.StartsWith(method, StringComparison.Ordinal) ? (401, "{}") : (200, Batch));
        var failure = await DeleteAsync(server, new ProviderFiles("batch_1", "file-in"), cancellationToken);
        Assert.That(failure, Has.Property("Kind").EqualTo(FailureKind.Unauthorized));
        Assert.That(_calls.Last(), Does.StartWith(method));
    }

    private static async Task<ProviderFailure?> DeleteAsync(RawServer server, ProviderFiles files, CancellationToken cancellationToken)
    {
        using var client = new OpenAiClient(server.BaseUrl);
        return await client.Provider.DeleteFilesAsync(files, cancellationToken);
    }

    private RawServer Serve(Func<string, (int Status, string Body)> answer) => new(async connection =>
    {
        var request = await connection.ReadRequestAsync();
        var call = request[..request.IndexOf(" HTTP", StringComparison.Ordinal)];
        _calls.Enqueue(call);
        var (status, body) = answer(call);
        await connection.AnswerAsync(status, body, "Connection: close\r\n");
    });
}
