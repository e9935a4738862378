using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace BatchWorker.Benchmarks;

/// <summary>Talks to the daemon as a patient caller: no answer means ask again.</summary>
internal sealed class Client(string url) : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);
    private readonly HttpClient _http = new() { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(5) };

    /// <summary>Posts a body until it was taken as a whole; answers the id of each line.</summary>
    public Task<string[]> PostAsync(string key, Action<Stream> write, int count) => UntilAnsweredAsync(() => PostOnceAsync(key, write, count));

    /// <summary>Sends a call until it is answered.</summary>
    public Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null) => UntilAnsweredAsync(async () =>
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _http.SendAsync(request);
        await CheckAsync(response);
        return JsonDocument.Parse(await response.Content.ReadAsStreamAsync()).RootElement;
    });

    /// <summary>A list as NDJSON, whole or not at all.</summary>
    public Task<List<JsonElement>> ListAsync(string path) => UntilAnsweredAsync(async () =>
    {
        var items = new List<JsonElement>();
        await foreach (var item in ReadAsync(path))
        {
            items.Add(item);
        }
        return items;
    });

    public async IAsyncEnumerable<JsonElement> ReadAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await CheckAsync(response);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await lines.ReadLineAsync() is { } line)
        {
            yield return JsonDocument.Parse(line).RootElement;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>No answer, or a refusal for the moment, is a reason to ask again: the servers are being killed and come back.</summary>
    private static async Task<T> UntilAnsweredAsync<T>(Func<Task<T>> ask)
    {
        for (; ; )
        {
            try
            {
                return await ask();
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or TaskCanceledException or JsonException)
            {
                await Task.Delay(s_pause, TimeProvider.System);
            }
        }
    }

    /// <summary>What is wrong with a call is wrong for good: asking again would not end.</summary>
    private static async Task CheckAsync(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }
        var said = $"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri}: {response.StatusCode}: {await response.Content.ReadAsStringAsync()}";
        throw response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.UnprocessableEntity
            ? new InvalidOperationException(said)
            : new HttpRequestException(said);
    }

    private async Task<string[]> PostOnceAsync(string key, Action<Stream> write, int count)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/batch/queue/bulk?ids=true") { Content = new LinesContent(write) };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await CheckAsync(response);
        var ids = new string[count];
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.UTF8);
        while (await lines.ReadLineAsync() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            if (row.RootElement.TryGetProperty("job_id", out var id))
            {
                ids[row.RootElement.GetProperty("line").GetInt32() - 1] = id.GetString()!;
            }
            else if (row.RootElement.GetProperty("complete").GetBoolean())
            {
                return ids;
            }
        }
        throw new HttpRequestException("The body was not taken as a whole.");
    }

    private sealed class LinesContent : HttpContent
    {
        private readonly Action<Stream> _write;

        public LinesContent(Action<Stream> write)
        {
            _write = write;
            Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.Run(() => _write(stream));

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
