using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BatchWorker.Benchmarks;

/// <summary>Posts jobs and takes down what was acknowledged; a call without an answer acknowledges nothing.</summary>
internal sealed class JobPoster(string url) : IDisposable
{
    private const int TextLength = 1_500;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);
    private readonly HttpClient _http = new() { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(5) };

    /// <summary>Waits until the daemon says that it is ready; false when it has ended instead.</summary>
    public async Task<bool> IsReadyAsync(Func<bool> hasEnded)
    {
        while (!hasEnded())
        {
            try
            {
                using var response = await _http.GetAsync(new Uri("/health/ready", UriKind.Relative));
                if (response.IsSuccessStatusCode)
                {
                    return true;
                }
            }
            catch (HttpRequestException)
            {
                // it is not there yet
            }
            await Task.Delay(s_pause, TimeProvider.System);
        }
        return false;
    }

    /// <summary>Posts one job; the acknowledged id, or none.</summary>
    public Task<IReadOnlyList<string>> PostAsync(string key) => SendAsync("/batch/queue", key, Job(key), "application/json");

    /// <summary>Posts lines; the acknowledged ids of all of them, or none.</summary>
    public Task<IReadOnlyList<string>> PostLinesAsync(string key, int lines) =>
        SendAsync("/batch/queue/bulk?ids=true", key, string.Concat(Enumerable.Range(0, lines).Select(line => Job($"{key}-{line}") + "\n")), "application/x-ndjson");

    /// <summary>The ids of all jobs.</summary>
    public async Task<List<string>> IdsAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/batch/jobs");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        return await IdsAsync(lines);
    }

    public void Dispose() => _http.Dispose();

    private async Task<IReadOnlyList<string>> SendAsync(string path, string key, string body, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, type) };
        request.Headers.Add("Idempotency-Key", key);
        try
        {
            using var response = await _http.SendAsync(request);
            using var lines = new StringReader(await response.Content.ReadAsStringAsync());
            return response.StatusCode == HttpStatusCode.Accepted ? await IdsAsync(lines) : [];
        }
        catch (Exception unanswered) when (unanswered is HttpRequestException or IOException)
        {
            return [];
        }
    }

    private static async Task<List<string>> IdsAsync(TextReader lines)
    {
        var ids = new List<string>();
        while (await lines.ReadLineAsync() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            if (row.RootElement.TryGetProperty("job_id", out var id))
            {
                ids.Add(id.GetString()!);
            }
        }
        return ids;
    }

    /// <summary>Its text does not compress: what it takes in the store is about what it takes here.</summary>
    private static string Job(string key)
    {
        var text = new char[TextLength];
        new Random(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(key)))).GetItems("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".AsSpan(), text);
        return $$$"""{"job_type":"creative_scoring","provider":"openai","data":{"model":"gpt-4o","messages":[{"role":"user","content":"{{{new string(text)}}}"}]}}""";
    }
}
