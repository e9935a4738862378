using System.Net.Http.Headers;
using System.Text.Json;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Gemini;

/// <summary>The batches themselves: create, look, cancel.</summary>
internal sealed class GeminiBatches(ProviderHttp http, GeminiBatchReader reader, GeminiFiles files)
{
    public async Task<CreateOutcome> CreateAsync(Submission submission, CancellationToken cancellationToken)
    {
        var input = submission.InputFileId ?? throw new ArgumentException("Gemini takes only uploaded input.", nameof(submission));
        using var content = new ByteArrayContent(Body(submission.Tag, input));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await http.CreateAsync(GeminiPath.Create(submission.Lane), content, "name", cancellationToken) switch
        {
            CreateOutcome.Created created when GeminiPath.BatchName(created.ProviderBatchId) is null => new CreateOutcome.Unknown("unreadable_answer"),
            CreateOutcome.Rejected rejected => new CreateOutcome.Rejected(await ExplainAsync(FailureCodes.BlameInput(rejected.Failure), input)),
            var outcome => outcome,
        };
    }

    public async Task<Answer<ProviderBatch>> GetAsync(string id, CancellationToken cancellationToken) =>
        Read(await http.ReadAsync(HttpMethod.Get, GeminiPath.Batch(id), cancellationToken));

    /// <summary>The answer to a cancel is empty, and one that has ended meanwhile is refused; either way the batch is looked at.</summary>
    public async Task<Answer<ProviderBatch>> CancelAsync(string id, CancellationToken cancellationToken)
    {
        var answer = await http.ReadAsync(HttpMethod.Post, GeminiPath.Batch(id) + ":cancel", cancellationToken);
        return answer.Failure is { Kind: not FailureKind.Refused } failure ? failure : await GetAsync(id, cancellationToken);
    }

    /// <summary>A list call, free of charge.</summary>
    public async Task<ProviderFailure?> ProbeAsync(CancellationToken cancellationToken) =>
        (await new GeminiList(http, GeminiPath.Batches, "operations", 1).NextAsync(cancellationToken)).Failure;

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

    /// <summary>
    /// 404 is the answer to a model that does not exist as well as to an input that is gone, which it is after 48 hours, and for a file
    /// Google may say 403 instead. Only the input is worth another try, with a new upload. The refusal is known and not lost to a shutdown.
    /// </summary>
    private async Task<ProviderFailure> ExplainAsync(ProviderFailure refusal, string input) =>
        refusal.Kind is not (FailureKind.NotFound or FailureKind.Unauthorized) ? refusal : await files.IsThereAsync(input, CancellationToken.None) switch
        {
            true when refusal.Kind == FailureKind.NotFound => refusal with { Kind = FailureKind.Refused },
            false => refusal with { Kind = FailureKind.NotFound },
            _ => refusal,
        };

    private static byte[] Body(SubmissionTag tag, string input) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
    {
        ["batch"] = new Dictionary<string, object>
        {
            ["displayName"] = GeminiTag.Write(tag),
            ["inputConfig"] = new Dictionary<string, string> { ["fileName"] = input },
        },
    });
}
