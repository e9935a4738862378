using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using BatchWorker.Simulator;
using BatchWorker.Simulator.Gemini;

namespace BatchWorker.Tests.Simulator.Gemini;

/// <summary>A simulator on a free port with a clock that moves by hand, and a caller that speaks plain HTTP to its Gemini.</summary>
internal sealed class SimulatedGemini : IAsyncDisposable
{
    public const string Model = "gemini-2.5-flash";
    public const string EmbeddingModel = "gemini-embedding-001";
    public const string Key = "AIza-simulator";
    private const string Base = "gemini";

    private SimulatedGemini(SimulatorHost host, ImpatientTime time)
    {
        Host = host;
        Time = time;
        Http = new HttpClient { BaseAddress = host.Address };
        Http.DefaultRequestHeaders.Add("x-goog-api-key", Key);
    }

    public SimulatorHost Host { get; }

    public ImpatientTime Time { get; }

    public HttpClient Http { get; }

    public static async Task<SimulatedGemini> StartAsync(Func<GeminiSettings, GeminiSettings>? change = null)
    {
        var time = new ImpatientTime();
        var settings = new GeminiSettings { Phases = GeminiPhases.All(10) };
        return new SimulatedGemini(await SimulatorHost.StartAsync(new SimulatorOptions { Gemini = change?.Invoke(settings) ?? settings }, time), time);
    }

    public static object Request(string text) => new { contents = new[] { new { role = "user", parts = new[] { new { text } } } } };

    public static string Line(string key, string text = "hi") => JsonSerializer.Serialize(new { key, request = Request(text) });

    public static IEnumerable<string> Lines(int count, string prefix = "job-") => Enumerable.Range(0, count).Select(i => Line($"{prefix}{i}", $"mk-{prefix}{i}"));

    public static object FileInput(string fileName, string displayName = "bw:1") => new { batch = new { displayName, inputConfig = new { fileName } } };

    public static object Inside(params object[] requests) => new { batch = new { displayName = "bw:1", inputConfig = new { requests = new { requests } } } };

    /// <summary>Starts a resumable upload.</summary>
    /// <returns>The answer; its <c>x-goog-upload-url</c> is where the bytes go.</returns>
    public async Task<HttpResponseMessage> StartUploadAsync(object? file = null, long? length = null, string type = "application/jsonl")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Base}/upload/v1beta/files") { Content = JsonContent.Create(new { file = file ?? new { } }) };
        request.Headers.Add("X-Goog-Upload-Protocol", "resumable");
        request.Headers.Add("X-Goog-Upload-Command", "start");
        request.Headers.Add("X-Goog-Upload-Header-Content-Type", type);
        if (length is { } announced)
        {
            request.Headers.Add("X-Goog-Upload-Header-Content-Length", announced.ToString(CultureInfo.InvariantCulture));
        }
        return await Http.SendAsync(request);
    }

    public async Task<Uri> UploadUrlAsync(object? file = null, long? length = null, string type = "application/jsonl")
    {
        using var response = await StartUploadAsync(file, length, type);
        Assert.That((int)response.StatusCode, Is.EqualTo(200), await response.Content.ReadAsStringAsync());
        return new Uri(response.Headers.GetValues("x-goog-upload-url").Single());
    }

    /// <summary>A call with bytes, or without, to the URL of an upload.</summary>
    public async Task<HttpResponseMessage> ChunkAsync(Uri url, string command, HttpContent? content = null, long? offset = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        request.Headers.Add("X-Goog-Upload-Command", command);
        if (offset is { } at)
        {
            request.Headers.Add("X-Goog-Upload-Offset", at.ToString(CultureInfo.InvariantCulture));
        }
        return await Http.SendAsync(request);
    }

    /// <summary>Uploads in one go.</summary>
    public async Task<JsonElement> UploadAsync(string content, object? file = null, string type = "application/jsonl")
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        using var body = new ByteArrayContent(bytes);
        using var response = await ChunkAsync(await UploadUrlAsync(file, bytes.Length, type), "upload, finalize", body, 0);
        return (await JsonAsync(response)).Body.GetProperty("file");
    }

    public async Task<string> UploadAsync(IEnumerable<string> lines) => Name(await UploadAsync(string.Concat(lines.Select(line => line + "\n"))));

    public Task<(int Status, JsonElement Body)> CreateAsync(object body, string model = Model) =>
        SendAsync(HttpMethod.Post, $"v1beta/models/{model}:{(model == EmbeddingModel ? "asyncBatchEmbedContent" : "batchGenerateContent")}", JsonContent.Create(body));

    /// <summary>Creates a batch of requests inside the call, and returns its name.</summary>
    public async Task<string> CreatedAsync(object body, string model = Model)
    {
        var (status, batch) = await CreateAsync(body, model);
        Assert.That(status, Is.EqualTo(200), batch.ToString());
        return Name(batch);
    }

    /// <summary>Uploads, creates, and returns the batch's name.</summary>
    public async Task<string> SubmitAsync(IEnumerable<string> lines, string model = Model) => await CreatedAsync(FileInput(await UploadAsync(lines)), model);

    public async Task<JsonElement> BatchAsync(string name) => (await SendAsync(HttpMethod.Get, $"v1beta/{name}")).Body;

    /// <summary>Lets all phases of a life pass, and looks.</summary>
    public Task<JsonElement> FinishedAsync(string name)
    {
        Advance(20);
        return BatchAsync(name);
    }

    public void Advance(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    public Task<byte[]> DownloadAsync(JsonElement batch) => Http.GetByteArrayAsync($"{Base}/download/v1beta/{ResultName(batch)}:download?alt=media");

    public async Task<string[]> LinesAsync(JsonElement batch)
    {
        var content = Encoding.UTF8.GetString(await DownloadAsync(batch));
        Assert.That(content, Does.EndWith("\n"));
        return content[..^1].Split('\n');
    }

    public async Task<JsonElement[]> ResultsAsync(JsonElement batch) => [.. (await LinesAsync(batch)).Select(line => JsonElement.Parse(line))];

    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, $"{Base}/{path}") { Content = content };
        using var response = await Http.SendAsync(request);
        return await JsonAsync(response);
    }

    public static async Task<(int Status, JsonElement Body)> JsonAsync(HttpResponseMessage response) =>
        ((int)response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));

    /// <summary>A call to the control plane.</summary>
    public async Task<JsonElement> ControlAsync(string path, object? body = null)
    {
        using var response = body is null ? await Http.GetAsync($"_sim/{path}") : await Http.PostAsJsonAsync($"_sim/{path}", body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.That(response.IsSuccessStatusCode, Is.True, text);
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    public static string Name(JsonElement thing) => thing.GetProperty("name").GetString()!;

    public static string State(JsonElement batch) => batch.GetProperty("metadata").GetProperty("state").GetString()!;

    public static string Stats(JsonElement batch) => batch.GetProperty("metadata").GetProperty("batchStats").ToString();

    public static string ResultName(JsonElement batch) => batch.GetProperty("metadata").GetProperty("output").GetProperty("responsesFile").GetString()!;

    public static string? KeyOf(JsonElement line) => line.TryGetProperty("key", out var key) ? key.GetString() : null;

    /// <summary>The model's words.</summary>
    public static string Text(JsonElement line) =>
        line.GetProperty("response").GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0].GetProperty("text").GetString()!;

    /// <summary>HTTP status, code and word of an error; the code is the status again.</summary>
    public static (int Status, string Word) Error((int Status, JsonElement Body) answer)
    {
        var error = answer.Body.GetProperty("error");
        Assert.That(error.GetProperty("code").GetInt32(), Is.EqualTo(answer.Status));
        return (answer.Status, error.GetProperty("status").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
    }
}
