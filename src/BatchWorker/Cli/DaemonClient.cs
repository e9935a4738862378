using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using BatchWorker.Control;
using BatchWorker.Settings;

namespace BatchWorker.Cli;

/// <summary>Speaks to a daemon, as any caller would. What keeps it from an answer is a <see cref="StartRefusal"/>.</summary>
internal sealed class DaemonClient : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private readonly HttpClient _http;

    /// <param name="daemon">Where it is.</param>
    /// <param name="patience">How long an answer may take; null for 5 minutes.</param>
    public DaemonClient(DaemonAddress daemon, TimeSpan? patience = null)
    {
        var url = new Uri(daemon.Address);
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = !url.IsLoopback, AllowAutoRedirect = false }) { BaseAddress = url, Timeout = patience ?? s_patience };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(RunEndpoints.CommandLine);
        if (daemon.Key is { } key)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    public Task<JsonElement> GetAsync(string path) => ParseAsync(TextAsync(HttpMethod.Get, path, null));

    /// <summary>A call with a body; without one for null.</summary>
    public Task<JsonElement> PostAsync(string path, HttpContent? body) => ParseAsync(TextAsync(HttpMethod.Post, path, body));

    /// <summary>The answer as it came.</summary>
    public async Task<string> TextAsync(HttpMethod method, string path, HttpContent? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, CancellationToken.None);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>The status of an answer, whatever it is; null when nobody answers.</summary>
    public async Task<int?> AskAsync(string path)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));
            return (int)response.StatusCode;
        }
        catch (Exception silence) when (silence is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    /// <summary>A whole list, item by item.</summary>
    public async IAsyncEnumerable<JsonElement> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in LinesAsync(path, cancellationToken))
        {
            using var item = JsonDocument.Parse(line);
            yield return item.RootElement.Clone();
        }
    }

    /// <summary>The same, as the lines came.</summary>
    public async IAsyncEnumerable<string> LinesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(Listing.Ndjson);
        using var response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await ReadLineAsync(lines, cancellationToken) is { } line)
        {
            yield return line;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        try
        {
            var response = await _http.SendAsync(request, completion, cancellationToken);
            return response.IsSuccessStatusCode ? response : throw await DaemonRefusal.OfAsync(response);
        }
        catch (HttpRequestException away)
        {
            throw new StartRefusal(ExitCodes.Unreachable, $"No daemon answers at {_http.BaseAddress}: {away.Message}");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StartRefusal(ExitCodes.Unreachable, $"The daemon at {_http.BaseAddress} does not answer in time.");
        }
    }

    private static async Task<string?> ReadLineAsync(StreamReader lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadLineAsync(cancellationToken);
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException)
        {
            throw new StartRefusal(ExitCodes.Unreachable, "The list was cut off before its end; what was printed is a part of it.");
        }
    }

    private static async Task<JsonElement> ParseAsync(Task<string> text)
    {
        using var document = JsonDocument.Parse(await text);
        return document.RootElement.Clone();
    }
}
