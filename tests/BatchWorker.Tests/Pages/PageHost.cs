using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using BatchWorker.Simulator;
using BatchWorker.Simulator.Faults;
using Microsoft.Playwright;

namespace BatchWorker.Tests.Pages;

/// <summary>A daemon on its embedded store, with keys, jobs that succeeded and jobs that failed, and a headless Chromium.</summary>
internal sealed class PageHost : IAsyncDisposable
{
    public const string Reader = "reads-only-0123456789abcdef";
    public const string Operator = "operates-0123456789abcdef";

    /// <summary>What a provider or a caller may send; nothing of it may become a part of the page.</summary>
    public const string Hostile = "<img src=x onerror=\"window.owned=1\"><script>window.owned=2</script>\"'&";

    private static readonly string? s_chromium = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser" }.FirstOrDefault(File.Exists);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bw-page-");
    private SimulatorHost _simulator = null!;
    private RunningDaemon _daemon = null!;
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    private PageHost()
    {
    }

    public Uri Address => new(_daemon.Address.Address);

    public HttpClient Http { get; private set; } = null!;

    public static async Task<PageHost> StartAsync()
    {
        if (s_chromium is null)
        {
            Assert.Ignore("Chromium is not installed.");
        }
        var host = new PageHost { _simulator = await SimulatorHost.StartAsync(new SimulatorOptions { PhaseSeconds = 0.1 }) };
        host._simulator.Faults.Items.Add(new ItemFate { Mark = "mk-fails", Code = ItemFault.InvalidRequest, Message = Hostile });
        host._daemon = await RunningDaemon.StartAsync(new DaemonStart { Urls = "http://127.0.0.1:0", Quiet = true, Settings = host.Settings() });
        host.Http = new HttpClient { BaseAddress = host.Address };
        host.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Operator);
        await host.FillAsync();
        host._playwright = await Playwright.CreateAsync();
        host._browser = await host._playwright.Chromium.LaunchAsync(new() { ExecutablePath = s_chromium, Args = ["--no-sandbox"] });
        return host;
    }

    /// <summary>A window of its own; what goes wrong in it is collected.</summary>
    public async Task<PageVisit> VisitAsync(int width = 1280)
    {
        var context = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 900 } });
        context.SetDefaultTimeout(20_000);
        return new PageVisit(await context.NewPageAsync(), Address);
    }

    public async Task<string> QueueAsync(string text)
    {
        using var answer = await Http.PostAsJsonAsync("/batch/queue", new
        {
            job_type = "historical_reprocessing",
            provider = "openai",
            max_attempts = 1,
            metadata = new { tenant = Hostile },
            data = new { model = "gpt-4o-mini", messages = new[] { new { role = "user", content = text } } },
        });
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("job_id").GetString()!;
    }

    public async Task<string> StatusAsync(string job) => (await Http.GetFromJsonAsync<JsonElement>($"/batch/jobs/{job}?wait=60")).GetProperty("status").GetString()!;

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        Http.Dispose();
        await _daemon.DisposeAsync();
        await _simulator.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private async Task FillAsync()
    {
        var succeeds = await QueueAsync("a text");
        var fails = await QueueAsync("mk-fails " + Hostile);
        using var run = await Http.PostAsJsonAsync("/batch/process/all", new { wait = true });
        Assert.That(await StatusAsync(succeeds), Is.EqualTo("succeeded"));
        Assert.That(await StatusAsync(fails), Is.EqualTo("failed"));
    }

    private Dictionary<string, string?> Settings() => new()
    {
        ["BATCH_DATA_DIR"] = _directory.FullName,
        ["BATCH_CHECK_INTERVAL"] = "1",
        ["BATCH_API_KEYS"] = $"viewer:read:{Reader},boss:read+operate+enqueue:{Operator}",
        ["OPENAI_BASE_URL"] = _simulator.OpenAiBaseUrl.ToString(),
        ["OPENAI_API_KEY"] = new SimulatorOptions().OpenAiKey,
    };
}
