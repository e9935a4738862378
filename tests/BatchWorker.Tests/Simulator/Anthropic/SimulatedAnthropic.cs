using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using BatchWorker.Simulator;
using BatchWorker.Simulator.Anthropic;

namespace BatchWorker.Tests.Simulator.Anthropic;

/// <summary>A simulator on a free port with a clock that moves by hand, and a caller that speaks plain HTTP to its Anthropic.</summary>
internal sealed class SimulatedAnthropic : IAsyncDisposable
{
    public const string Model = "claude-haiku-4-5";
    public const string Key = "sk-ant-simulator";
    public const string UsualVersion = "2023-06-01";

    private SimulatedAnthropic(SimulatorHost host, ImpatientTime time)
    {
        Host = host;
        Time = time;
        Http = new HttpClient { BaseAddress = host.Address };
        Http.DefaultRequestHeaders.Add("x-api-key", Key);
        Http.DefaultRequestHeaders.Add("anthropic-version", UsualVersion);
    }

    public SimulatorHost Host { get; }

    public ImpatientTime Time { get; }

    public HttpClient Http { get; }

    public static async Task<SimulatedAnthropic> StartAsync(Func<AnthropicSettings, AnthropicSettings>? change = null)
    {
        var time = new ImpatientTime();
        var settings = new AnthropicSettings { Phases = AnthropicPhases.All(10) };
        return new SimulatedAnthropic(await SimulatorHost.StartAsync(new SimulatorOptions { Anthropic = change?.Invoke(settings) ?? settings }, time), time);
    }

    public static string Request(string customId, string text = "hi", string model = Model) =>
        $$"""{"custom_id":{{JsonSerializer.Serialize(customId)}},"params":{{Params(text, model)}}}""";

    public static string Params(string text = "hi", string model = Model) =>
        JsonSerializer.Serialize(new { model, max_tokens = 64, messages = new[] { new { role = "user", content = text } } });

    public static IEnumerable<string> Requests(int count, string prefix = "job-") => Enumerable.Range(0, count).Select(i => Request($"{prefix}{i}", $"mk-{prefix}{i}"));

    public static string Body(IEnumerable<string> requests) => $$"""{"requests":[{{string.Join(',', requests)}}]}""";

    public static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    public async Task<(int Status, JsonElement Body)> CreateAsync(string body)
    {
        using var content = Json(body);
        return await SendAsync(HttpMethod.Post, "", content);
    }

    /// <summary>Creates a batch and returns its id.</summary>
    public async Task<string> SubmitAsync(IEnumerable<string> requests)
    {
        var (status, batch) = await CreateAsync(Body(requests));
        Assert.That(status, Is.EqualTo(200), batch.ToString());
        return Id(batch);
    }

    public async Task<JsonElement> BatchAsync(string id) => (await SendAsync(HttpMethod.Get, $"/{id}")).Body;

    /// <summary>Lets the batch end, and looks.</summary>
    public Task<JsonElement> EndedAsync(string id)
    {
        Advance(20);
        return BatchAsync(id);
    }

    public void Advance(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    public async Task<string[]> LinesAsync(string id)
    {
        var content = await Http.GetStringAsync($"anthropic/v1/messages/batches/{id}/results");
        Assert.That(content, Does.EndWith("\n"));
        return content[..^1].Split('\n');
    }

    public async Task<JsonElement[]> ResultsAsync(string id) => [.. (await LinesAsync(id)).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Runs one request with these params to its result.</summary>
    public async Task<JsonElement> AskAsync(string @params)
    {
        var id = await SubmitAsync([$$"""{"custom_id":"x","params":{{@params}}}"""]);
        await EndedAsync(id);
        return (await ResultsAsync(id)).Single().GetProperty("result");
    }

    /// <param name="method">The HTTP method.</param>
    /// <param name="path">Behind <c>/v1/messages/batches</c>.</param>
    /// <param name="content">The body.</param>
    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, $"anthropic/v1/messages/batches{path}") { Content = content };
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

    public Task<JsonElement> ConfigureAsync(object anthropic) => ControlAsync("config", new { anthropic });

    public static string Id(JsonElement batch) => batch.GetProperty("id").GetString()!;

    public static string Status(JsonElement batch) => batch.GetProperty("processing_status").GetString()!;

    public static string Counts(JsonElement batch) => batch.GetProperty("request_counts").ToString();

    public static string Counts(int processing = 0, int succeeded = 0, int errored = 0, int canceled = 0, int expired = 0) =>
        $$"""{"processing":{{processing}},"succeeded":{{succeeded}},"errored":{{errored}},"canceled":{{canceled}},"expired":{{expired}}}""";

    public static string CustomId(JsonElement line) => line.GetProperty("custom_id").GetString()!;

    /// <summary><c>succeeded</c>, <c>errored</c>, <c>canceled</c> or <c>expired</c>.</summary>
    public static string Type(JsonElement line) => line.GetProperty("result").GetProperty("type").GetString()!;

    public static string Text(JsonElement result) => result.GetProperty("message").GetProperty("content")[0].GetProperty("text").GetString()!;

    /// <summary>Type and message of an error answer.</summary>
    public static (string Type, string Message) Error(JsonElement body)
    {
        var error = body.GetProperty("error");
        return (error.GetProperty("type").GetString()!, error.GetProperty("message").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
    }
}
