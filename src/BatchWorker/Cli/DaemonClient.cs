using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using BatchWorker.Control;
using BatchWorker.Settings;

namespace BatchWorker.Cli;

/// <summary>Speaks to a daemon on this machine, as any caller would.</summary>
internal sealed class DaemonClient : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private readonly HttpClient _http;

    public DaemonClient(DaemonAddress daemon)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(daemon.Address), Timeout = s_patience };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(RunEndpoints.CommandLine);
        if (daemon.Key is { } key)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    public Task<JsonElement> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>A call with a body; without one for null.</summary>
    public Task<JsonElement> PostAsync(string path, HttpContent? body) => SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = body });

    /// <summary>A whole list, item by item.</summary>
    public async IAsyncEnumerable<JsonElement> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await ThrowIfRefusedAsync(response);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            using var item = JsonDocument.Parse(line);
            yield return item.RootElement.Clone();
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await _http.SendAsync(request);
            await ThrowIfRefusedAsync(response);
            return await response.Content.ReadFromJsonAsync<JsonElement>();
        }
    }

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
        {
            var text = await response.Content.ReadAsStringAsync();
            throw new StartRefusal(StartRefusal.Unavailable, $"The daemon answered {(int)response.StatusCode}: {text}");
        }
    }
}
