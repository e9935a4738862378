using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using static BatchWorker.Tests.Simulator.SimulatedOpenAi;

namespace BatchWorker.Tests.Simulator;

[Platform(Exclude = "Win", Reason = "Ends the process with SIGTERM.")]
internal sealed class ProgramTests
{
    private DirectoryInfo _directory = null!;
    private Process _process = null!;

    [SetUp]
    public void Start()
    {
        _directory = Directory.CreateTempSubdirectory("simulator-test-");
        _process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "BatchWorker.Simulator.dll"), "--dir", _directory.FullName, "--phase-seconds", "0.2", "--openai-key", "sk-of-the-test", "--anthropic-key", "sk-ant-of-the-test" },
            RedirectStandardOutput = true,
        })!;
    }

    [TearDown]
    public void Stop()
    {
        _process.Kill();
        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    [Test]
    public async Task The_program_says_where_it_is_and_batches_go_on_while_nobody_looks()
    {
        await _process.StandardOutput.ReadLineAsync();
        var baseUrl = await ReadVariableAsync("OPENAI_BASE_URL");
        using var http = new HttpClient { BaseAddress = new Uri($"{baseUrl}/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await ReadVariableAsync("OPENAI_API_KEY"));
        Assert.That(await ReadVariableAsync("ANTHROPIC_BASE_URL"), Is.EqualTo(baseUrl.Replace("/openai/v1", "/anthropic", StringComparison.Ordinal)));
        Assert.That(await ReadVariableAsync("ANTHROPIC_API_KEY"), Is.EqualTo("sk-ant-of-the-test"));
        using var bills = new FileSystemWatcher(Path.Combine(_directory.FullName, "ledger"));
        var billed = new TaskCompletionSource<string>();
        bills.Created += (_, bill) => billed.TrySetResult(bill.Name!);
        bills.EnableRaisingEvents = true;

        using var form = Form(Line("a"));
        var file = await PostAsync(http, "files", form);
        var batch = await PostAsync(http, "batches", JsonContent.Create(new { input_file_id = file, endpoint = Chat, completion_window = "24h" }));
        Assert.That(await billed.Task.WaitAsync(TimeSpan.FromSeconds(60)), Is.EqualTo($"items-{batch}.ndjson"));

        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.That(_process.ExitCode, Is.Zero);
    }

    private async Task<string> ReadVariableAsync(string name)
    {
        var line = await _process.StandardOutput.ReadLineAsync();
        Assert.That(line, Does.StartWith($"{name}="));
        return line![(name.Length + 1)..];
    }

    private static async Task<string> PostAsync(HttpClient http, string path, HttpContent content)
    {
        using var response = await http.PostAsync(path, content);
        return Id(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }
}
