using System.ClientModel;
using System.ClientModel.Primitives;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using OpenAI;
using OpenAI.Batch;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Files;
using OpenAI.Moderations;
using OpenAI.Responses;

namespace BatchWorker.Tests.Simulator;

/// <summary>OpenAI's own .NET client is the outside judge of what the simulator says.</summary>
[Experimental("OPENAI001")]
internal sealed class OfficialClientTests
{
    private SimulatedOpenAi _simulated = null!;
    private OpenAIFileClient _files = null!;
    private BatchClient _batches = null!;

    [SetUp]
    public async Task Start()
    {
        _simulated = await SimulatedOpenAi.StartAsync();
        var client = new OpenAIClient(new ApiKeyCredential("sk-simulator"), new OpenAIClientOptions { Endpoint = _simulated.Host.OpenAiBaseUrl });
        _files = client.GetOpenAIFileClient();
        _batches = client.GetBatchClient();
    }

    [TearDown]
    public async Task Stop() => await _simulated.DisposeAsync();

    [Test]
    public async Task The_official_client_takes_a_batch_from_upload_to_its_answers()
    {
        var file = await UploadAsync("input.jsonl", 3);
        Assert.That(file.Purpose, Is.EqualTo(FilePurpose.Batch));
        Assert.That(file.ExpiresAt, Is.EqualTo(file.CreatedAt.AddDays(30)));

        var operation = await CreateAsync(file.Id);
        Assert.That(SimulatedOpenAi.Status(Json(await operation.GetBatchAsync(null))), Is.EqualTo("validating"));

        _simulated.Advance(30);
        await operation.UpdateStatusAsync();
        Assert.That(operation.HasCompleted);
        var batch = Json(await operation.GetBatchAsync(null));
        Assert.That(SimulatedOpenAi.Status(batch), Is.EqualTo("completed"));

        var output = await _files.DownloadFileAsync(batch.GetProperty("output_file_id").GetString());
        var answers = output.Value.ToString().TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.That(answers.Select(SimulatedOpenAi.CustomId), Is.EquivalentTo(new[] { "job-0", "job-1", "job-2" }));
        Assert.That(answers.Select(SimulatedOpenAi.Text), Has.All.Contains("\"mk-job-"));
    }

    [Test]
    public async Task The_official_client_cancels_and_lists()
    {
        var file = await UploadAsync("input.jsonl", 3);
        var first = await CreateAsync(file.Id);
        var second = await CreateAsync(file.Id);
        await second.CancelAsync(null);
        _simulated.Advance(30);
        List<string> seen = [];
        await foreach (var page in _batches.GetBatchesAsync(after: null, limit: 1, options: new RequestOptions()).GetRawPagesAsync())
        {
            seen.AddRange(Json(page).GetProperty("data").EnumerateArray().Select(batch => $"{SimulatedOpenAi.Id(batch)} {SimulatedOpenAi.Status(batch)}"));
        }
        Assert.That(seen, Is.EqualTo(new[] { $"{second.BatchId} cancelled", $"{first.BatchId} completed" }));
    }

    [Test]
    public async Task The_official_client_lists_finds_and_deletes_files()
    {
        var first = await UploadAsync("first.jsonl", 1);
        var second = await UploadAsync("second.jsonl", 1);
        OpenAIFileCollection all = await _files.GetFilesAsync(FilePurpose.Batch);
        Assert.That(all.Select(file => file.Filename), Is.EqualTo(new[] { "second.jsonl", "first.jsonl" }));
        FileDeletionResult deletion = await _files.DeleteFileAsync(first.Id);
        Assert.That(deletion.Deleted);
        Assert.That((await _files.GetFileAsync(second.Id)).Value.SizeInBytesLong, Is.EqualTo(second.SizeInBytesLong));
        Assert.That(async () => await _files.GetFileAsync(first.Id), Throws.TypeOf<ClientResultException>().With.Property(nameof(ClientResultException.Status)).EqualTo(404));
    }

    [Test]
    public void The_official_client_reads_the_refusal_of_a_wrong_key()
    {
        var stranger = new OpenAIClient(new ApiKeyCredential("sk-stranger-key"), new OpenAIClientOptions { Endpoint = _simulated.Host.OpenAiBaseUrl });
        Assert.That(
            async () => await stranger.GetOpenAIFileClient().GetFilesAsync(),
            Throws.TypeOf<ClientResultException>().With.Message.Contains("Incorrect API key provided: sk-s****-key.").And.Message.Contains("invalid_api_key"));
    }

    [Test]
    public async Task The_official_client_reads_the_answers_of_all_endpoints()
    {
        var chat = await AnswerAsync<ChatCompletion>("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"mk-1"}]}""");
        Assert.That((chat.FinishReason, chat.Usage.InputTokenCount), Is.EqualTo((ChatFinishReason.Stop, 1)));
        Assert.That(chat.Content[0].Text, Does.Contain("mk-1"));
        var response = await AnswerAsync<ResponseResult>("/v1/responses", """{"model":"m","input":"mk-2"}""");
        Assert.That((response.Status, response.Usage.InputTokenCount), Is.EqualTo((ResponseStatus.Completed, 1)));
        Assert.That(response.GetOutputText(), Does.Contain("mk-2"));
        var embeddings = await AnswerAsync<OpenAIEmbeddingCollection>("/v1/embeddings", """{"model":"m","input":["a","b"],"encoding_format":"base64"}""");
        Assert.That(embeddings.Select(embedding => (embedding.Index, embedding.ToFloats().Length)), Is.EqualTo(new[] { (0, 8), (1, 8) }));
        var moderations = await AnswerAsync<ModerationResultCollection>("/v1/moderations", """{"model":"m","input":["a","b"]}""");
        Assert.That(moderations.Select(result => result.Flagged), Is.EqualTo(new[] { false, false }));
    }

    private async Task<T> AnswerAsync<T>(string endpoint, string body)
        where T : IPersistableModel<T>
    {
        var line = $$$"""{"custom_id":"x","method":"POST","url":"{{{endpoint}}}","body":{{{body}}} }""";
        var batch = await _simulated.FinishedAsync(await _simulated.SubmitAsync([line], endpoint));
        var answer = (await _simulated.ResultsAsync(batch)).Single().GetProperty("response").GetProperty("body");
        return ModelReaderWriter.Read<T>(BinaryData.FromString(answer.GetRawText()))!;
    }

    private async Task<OpenAIFile> UploadAsync(string name, int count)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', SimulatedOpenAi.Lines(count)));
        using var stream = new MemoryStream(bytes);
        return await _files.UploadFileAsync(stream, name, FileUploadPurpose.Batch);
    }

    private async Task<CreateBatchOperation> CreateAsync(string fileId)
    {
        var body = BinaryData.FromObjectAsJson(new { input_file_id = fileId, endpoint = SimulatedOpenAi.Chat, completion_window = "24h" });
        return await _batches.CreateBatchAsync(BinaryContent.Create(body), waitUntilCompleted: false);
    }

    private static JsonElement Json(ClientResult result) => JsonDocument.Parse(result.GetRawResponse().Content).RootElement;
}
