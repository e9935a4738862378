using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Anthropic;

/// <summary>The batches themselves: create, look, cancel.</summary>
internal sealed class AnthropicBatches(ProviderHttp http, AnthropicBatchReader reader)
{
    /// <summary>Where batches are, below a base URL without version.</summary>
    public const string Path = "v1/messages/batches";

    public async Task<CreateOutcome> CreateAsync(Submission submission, CancellationToken cancellationToken)
    {
        using var body = AnthropicBody.Open(submission.File);
        return body is null
            ? new CreateOutcome.NotSent("spool_gone")
            : AnthropicRefusal.Explain(await http.CreateAsync(Path, body, "id", cancellationToken));
    }

    public async Task<Answer<ProviderBatch>> GetAsync(string id, CancellationToken cancellationToken) =>
        Read(await http.ReadAsync(HttpMethod.Get, AddressOf(id), cancellationToken));

    /// <summary>One that has ended meanwhile is refused with a 4xx; then it is simply looked at.</summary>
    public async Task<Answer<ProviderBatch>> CancelAsync(string id, CancellationToken cancellationToken)
    {
        var answer = await http.ReadAsync(HttpMethod.Post, AddressOf(id) + "/cancel", cancellationToken);
        return answer.Failure is { Kind: FailureKind.Refused }
            ? await GetAsync(id, cancellationToken)
            : Read(answer);
    }

    public static string AddressOf(string id) => $"{Path}/{Uri.EscapeDataString(id)}";

    private Answer<ProviderBatch> Read(Answer<HttpAnswer> answer)
    {
        if (answer.Value is not { } found)
        {
            return answer.Failure!;
        }
        return found.ReadObject() is { } json && reader.Read(json) is { } batch
            ? batch
            : http.Failures.Unreadable("The answer is no batch.");
    }
}
