using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using BatchWorker.Simulator;
using BatchWorker.Simulator.OpenAi;

namespace BatchWorker.Tests.Simulator;

/// <summary>A simulator on a free port with a clock that moves by hand, and a caller that speaks plain HTTP to it.</summary>
internal sealed class SimulatedOpenAi : IAsyncDisposable
{
    public const string Chat = "/v1/chat/completions";
    public const string Model = "gpt-4o";

    private SimulatedOpenAi(SimulatorHost host, ImpatientTime time)
    {
        Host = host;
        Time = time;
        Http = new HttpClient { BaseAddress = host.Address };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk-simulator");
    }

    public SimulatorHost Host { get; }

    public ImpatientTime Time { get; }

    public HttpClient Http { get; }

    public static async Task<SimulatedOpenAi> StartAsync(Func<OpenAiSettings, OpenAiSettings>? change = null)
    {
        var time = new ImpatientTime();
        var settings = new OpenAiSettings { Phases = OpenAiPhases.All(10) };
        return new SimulatedOpenAi(await SimulatorHost.StartAsync(new SimulatorOptions { OpenAi = change?.Invoke(settings) ?? settings }, time), time);
    }

    public static string Line(string customId, string text = "hi", string model = Model, string url = Chat) =>
        JsonSerializer.Serialize(new { custom_id = customId, method = "POST", url, body = new { model, messages = new[] { new { role = "user", content = text } } } });

    public static IEnumerable<string> Lines(int count, string prefix = "job-") => Enumerable.Range(0, count).Select(i => Line($"{prefix}{i}", $"mk-{prefix}{i}"));

    public static MultipartFormDataContent Form(string content, string name = "input.jsonl", string purpose = "batch", params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent { { new StringContent(purpose), "purpose" }, { new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "file", name } };
        foreach (var field in fields)
        {
            form.Add(new StringContent(field.Value), field.Name);
        }
        return form;
    }

    public async Task<string> UploadAsync(IEnumerable<string> lines)
    {
        using var form = Form(string.Concat(lines.Select(line => line + "\n")));
        var (_, file) = await SendAsync(HttpMethod.Post, "files", form);
        return Id(file);
    }

    public Task<(int Status, JsonElement Body)> CreateAsync(string fileId, string endpoint = Chat, object? metadata = null) =>
        SendAsync(HttpMethod.Post, "batches", JsonContent.Create(new { input_file_id = fileId, endpoint, completion_window = "24h", metadata }));

    /// <summary>Uploads, creates, and returns the batch's id.</summary>
    public async Task<string> SubmitAsync(IEnumerable<string> lines, string endpoint = Chat)
    {
        var (status, batch) = await CreateAsync(await UploadAsync(lines), endpoint);
        Assert.That(status, Is.EqualTo(200), batch.ToString());
        return Id(batch);
    }

    public async Task<JsonElement> BatchAsync(string id) => (await SendAsync(HttpMethod.Get, $"batches/{id}")).Body;

    /// <summary>Lets all phases of a life pass, and looks.</summary>
    public Task<JsonElement> FinishedAsync(string id)
    {
        Advance(30);
        return BatchAsync(id);
    }

    public void Advance(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    public async Task<string[]> LinesAsync(JsonElement batch, string member = "output_file_id")
    {
        var content = await Http.GetStringAsync($"openai/v1/files/{batch.GetProperty(member).GetString()}/content");
        Assert.That(content, Does.EndWith("\n"));
        return content[..^1].Split('\n');
    }

    public async Task<JsonElement[]> ResultsAsync(JsonElement batch, string member = "output_file_id") =>
        [.. (await LinesAsync(batch, member)).Select(line => JsonDocument.Parse(line).RootElement)];

    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, $"openai/v1/{path}") { Content = content };
        using var response = await Http.SendAsync(request);
        return ((int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    /// <summary>A call to the control plane.</summary>
    public async Task<JsonElement> ControlAsync(string path, object? body = null)
    {
        using var response = body is null ? await Http.GetAsync($"_sim/{path}") : await Http.PostAsJsonAsync($"_sim/{path}", body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.That(response.IsSuccessStatusCode, Is.True, text);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public static string Id(JsonElement thing) => thing.GetProperty("id").GetString()!;

    public static string Status(JsonElement batch) => batch.GetProperty("status").GetString()!;

    public static (int Total, int Completed, int Failed) Counts(JsonElement batch)
    {
        var counts = batch.GetProperty("request_counts");
        return (counts.GetProperty("total").GetInt32(), counts.GetProperty("completed").GetInt32(), counts.GetProperty("failed").GetInt32());
    }

    public static string CustomId(JsonElement line) => line.GetProperty("custom_id").GetString()!;

    /// <summary>The model's words in a chat completion's line.</summary>
    public static string Text(JsonElement line) =>
        line.GetProperty("response").GetProperty("body").GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
    }
}
