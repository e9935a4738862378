using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>The Batch API (<c>/v1/batches</c>).</summary>
internal sealed class OpenAiBatches(IHttpClientFactory clients, TimeProvider time, ILogger<OpenAiBatches> logger)
{
    public const string BatchTag = "bw_batch";
    public const string AttemptTag = "bw_attempt";
    private const string ContentTag = "bw_sha256";
    private const int PageSize = 100;

    /// <summary>Clocks differ, and a batch is older than its create call is long.</summary>
    private static readonly TimeSpan s_slack = TimeSpan.FromMinutes(10);

    private HttpClient Reads => clients.CreateClient(ProviderClients.Reads(OpenAiServices.ClientName));

    public async Task<CreateOutcome> CreateAsync(Submission submission, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "batches") { Content = BodyOf(submission) };
        request.Headers.ConnectionClose = true;
        return await CreateCalls.SendAsync(clients.CreateClient(ProviderClients.Creates(OpenAiServices.ClientName)), request, ReadId, time, cancellationToken);
    }

    public async Task<Answer<ProviderBatch>> GetAsync(string id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "batches/" + Uri.EscapeDataString(id));
        return await Reads.AskAsync(request, answer => BatchJson.Read(answer, logger), time, cancellationToken);
    }

    /// <summary>A batch that has ended can not be cancelled (400 or 409); it is answered as it is.</summary>
    public async Task<Answer<ProviderBatch>> CancelAsync(string id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"batches/{Uri.EscapeDataString(id)}/cancel");
        var answer = await Reads.AskAsync(request, body => BatchJson.Read(body, logger), time, cancellationToken);
        return answer.Failure is { Kind: FailureKind.Refused } ? await GetAsync(id, cancellationToken) : answer;
    }

    public async Task<ProviderFailure?> ProbeAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "batches?limit=1");
        return (await Reads.AskAsync(request, answer => BatchPage.Read(answer, logger), time, cancellationToken)).Failure;
    }

    /// <summary>Reads the listing back to before the call was sent. A page that fails makes the whole listing fail: half of one proves nothing.</summary>
    public async Task<Answer<IReadOnlyList<ProviderBatch>>> FindAsync(SubmissionTrace trace, CancellationToken cancellationToken)
    {
        var found = new List<ProviderBatch>();
        for (string? after = ""; after is not null;)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"batches?limit={PageSize}{after}");
            var page = await Reads.AskAsync(request, answer => BatchPage.Read(answer, logger), time, cancellationToken);
            if (page.Failure is { } failure)
            {
                return failure;
            }
            var batches = page.Value!.Batches;
            found.AddRange(batches.Where(batch => Matches(batch, trace)));
            var more = page.Value.HasMore && batches.Count > 0 && batches[^1].CreatedAt >= trace.SentAfter - s_slack;
            after = more ? "&after=" + Uri.EscapeDataString(batches[^1].Id) : null;
        }
        return new Answer<IReadOnlyList<ProviderBatch>>([.. found.OrderBy(batch => batch.CreatedAt).ThenBy(batch => batch.Id, StringComparer.Ordinal)], null);
    }

    private static bool Matches(ProviderBatch batch, SubmissionTrace trace) =>
        batch.Tag is { } tag ? tag == trace.Tag : trace.InputFileId is not null && batch.InputFileId == trace.InputFileId;

    private static ByteArrayContent BodyOf(Submission submission)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("input_file_id", submission.InputFileId);
            json.WriteString("endpoint", submission.Lane.Endpoint);
            json.WriteString("completion_window", "24h");
            json.WriteStartObject("metadata");
            json.WriteString(BatchTag, submission.Tag.BatchId);
            json.WriteString(AttemptTag, submission.Tag.Attempt.ToString(CultureInfo.InvariantCulture));
            json.WriteString(ContentTag, submission.File.Sha256);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return new ByteArrayContent(body.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    private static string? ReadId(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TextOf("id");
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
