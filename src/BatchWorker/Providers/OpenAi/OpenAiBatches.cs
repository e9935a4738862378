using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>The batches themselves: create, look, find, cancel.</summary>
internal sealed class OpenAiBatches(ProviderHttp http, OpenAiBatchReader reader)
{
    /// <summary>The only window that OpenAI offers.</summary>
    private const string Window = "24h";

    public async Task<CreateOutcome> CreateAsync(Submission submission, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(Body(submission));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var outcome = await http.CreateAsync("batches", content, "id", cancellationToken);
        return outcome is CreateOutcome.Rejected rejected ? new CreateOutcome.Rejected(FailureCodes.BlameInput(rejected.Failure)) : outcome;
    }

    public async Task<Answer<ProviderBatch>> GetAsync(string id, CancellationToken cancellationToken) =>
        Read(await http.ReadAsync(HttpMethod.Get, Address(id), cancellationToken));

    /// <summary>One that has ended meanwhile is refused with 400 or 409; then it is simply looked at.</summary>
    public async Task<Answer<ProviderBatch>> CancelAsync(string id, CancellationToken cancellationToken)
    {
        var answer = await http.ReadAsync(HttpMethod.Post, Address(id) + "/cancel", cancellationToken);
        return answer.Failure is { Kind: FailureKind.Refused }
            ? await GetAsync(id, cancellationToken)
            : Read(answer);
    }

    /// <summary>A list call, free of charge.</summary>
    public async Task<ProviderFailure?> ProbeAsync(CancellationToken cancellationToken) =>
        (await new CursorList(http, "batches", OpenAiSearch.Cursor, 1).NextAsync(cancellationToken)).Failure;

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

    private static string Address(string id) => "batches/" + Uri.EscapeDataString(id);

    private static byte[] Body(Submission submission) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
    {
        ["input_file_id"] = submission.InputFileId ?? throw new ArgumentException("OpenAI takes only uploaded input.", nameof(submission)),
        ["endpoint"] = submission.Lane.Endpoint,
        ["completion_window"] = Window,
        ["metadata"] = new Dictionary<string, string>
        {
            [OpenAiTag.Batch] = submission.Tag.BatchId,
            [OpenAiTag.Attempt] = submission.Tag.Attempt.ToString(CultureInfo.InvariantCulture),
            [OpenAiTag.Sha256] = submission.File.Sha256,
        },
    });
}
