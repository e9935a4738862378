using System.Text;
using System.Text.Json;
using BatchWorker.Simulator;
using BatchWorker.Simulator.Faults;

namespace BatchWorker.Tests.Cli;

/// <summary>The commands of the contract, with the real binary.</summary>
internal sealed class CommandLineTests
{
    private const int Patience = 120_000;
    private DirectoryInfo _directory = null!;

    [SetUp]
    public void NewDirectory() => _directory = Directory.CreateTempSubdirectory("bw-cli-");

    [TearDown]
    public void RemoveDirectory() => _directory.Delete(recursive: true);

    [Test, CancelAfter(Patience)]
    public async Task The_demonstration_answers_every_job_of_three_providers_and_ignores_the_keys_around_it(CancellationToken cancellationToken)
    {
        var around = new Dictionary<string, string> { ["OPENAI_API_KEY"] = "sk-real", ["OPENAI_BASE_URL"] = "http://127.0.0.1:1/v1", ["REDIS_URL"] = "redis://127.0.0.1:1", ["BATCH_DATA_DIR"] = _directory.FullName };
        var demo = await CommandProcess.RunAsync(around, cancellationToken, "demo", "--exit");
        Assert.That(demo.ExitCode, Is.Zero, demo.Errors);
        Assert.That(demo.Output, Does.Contain("anthropic").And.Contain("gemini").And.Contain("openai").And.Contain("Saved $"));
        Assert.That(Totals(demo.Output), Is.EqualTo(("360", "360", "0")));
        Assert.That(_directory.EnumerateFileSystemInfos(), Is.Empty);
    }

    [Test, CancelAfter(Patience)]
    public async Task Run_now_starts_a_daemon_where_none_runs_and_fails_when_a_job_does(CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { PhaseSeconds = 0.1 });
        simulator.Faults.Items.Add(new ItemFate { Mark = "mk-bad", Code = ItemFault.InvalidRequest });
        await QueueAsync(simulator, "mk-good", "mk-bad", "mk-fine");

        var run = await CommandProcess.RunAsync(Environment(simulator), cancellationToken, "--run-now");
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Errors);
        Assert.That(Totals(run.Output), Is.EqualTo(("3", "2", "1")));

        var again = await CommandProcess.RunAsync(Environment(simulator), cancellationToken, "--run-now");
        Assert.That((again.ExitCode, again.Output.Contains("Nothing was waiting", StringComparison.Ordinal)), Is.EqualTo((0, true)), again.Errors);
    }

    [Test, CancelAfter(Patience)]
    public async Task Run_now_speaks_to_the_daemon_of_its_data_directory_although_that_one_asks_for_keys(CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { PhaseSeconds = 0.1 });
        var environment = Environment(simulator);
        environment["BATCH_API_KEYS"] = "app:enqueue:aaaaaaaaaaaaaaaaaaaaaaaa";
        await using var daemon = await RunningDaemon.StartAsync(new DaemonStart { Urls = "http://127.0.0.1:0", Settings = environment.ToDictionary(pair => pair.Key, string? (pair) => pair.Value) });
        await PostAsync(daemon.Address.Address, "aaaaaaaaaaaaaaaaaaaaaaaa", "mk-one");

        var run = await CommandProcess.RunAsync(environment, cancellationToken, "--run-now", "--no-wait");
        Assert.That(run.ExitCode, Is.Zero, run.Errors);
        Assert.That(Totals(run.Output), Is.EqualTo(("1", "0", "0")));
        Assert.That(simulator.Ledger.Batches, Has.Count.EqualTo(1));
    }

    [Test, CancelAfter(Patience)]
    public async Task A_directory_that_is_taken_by_nobody_who_answers_is_said_with_exit_code_75(CancellationToken cancellationToken)
    {
        using var held = new FileStream(Path.Combine(_directory.FullName, "lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var run = await CommandProcess.RunAsync(new Dictionary<string, string> { ["BATCH_DATA_DIR"] = _directory.FullName }, cancellationToken, "--run-now");
        Assert.That((run.ExitCode, run.Errors.Trim()), Is.EqualTo((75, $"BATCH_DATA_DIR: {_directory.FullName} is in use by another process, and no daemon answers for it.")));
    }

    [Test, CancelAfter(Patience)]
    public async Task A_word_that_is_not_known_starts_nothing(CancellationToken cancellationToken)
    {
        var run = await CommandProcess.RunAsync(new Dictionary<string, string> { ["BATCH_DATA_DIR"] = _directory.FullName }, cancellationToken, "--run-nwo");
        Assert.That((run.ExitCode, run.Output), Is.EqualTo((2, "")));
        Assert.That(run.Errors, Does.Contain("--run-nwo"));
        Assert.That(_directory.EnumerateFileSystemInfos(), Is.Empty);
    }

    /// <summary>Queues jobs with a daemon that is stopped afterwards.</summary>
    private async Task QueueAsync(SimulatorHost simulator, params string[] marks)
    {
        await using var daemon = await RunningDaemon.StartAsync(new DaemonStart { Urls = "http://127.0.0.1:0", Settings = Environment(simulator).ToDictionary(pair => pair.Key, string? (pair) => pair.Value) });
        await PostAsync(daemon.Address.Address, null, marks);
    }

    private static async Task PostAsync(string address, string? key, params string[] marks)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        http.DefaultRequestHeaders.Authorization = key is null ? null : new("Bearer", key);
        var jobs = marks.Select(mark => new { job_type = "training_data_prep", provider = "openai", data = new { model = "gpt-4o-mini", messages = new[] { new { role = "user", content = mark } } } });
        using var body = new StringContent(JsonSerializer.Serialize(jobs), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/batch/queue/bulk", body);
        answer.EnsureSuccessStatusCode();
    }

    private Dictionary<string, string> Environment(SimulatorHost simulator) => new()
    {
        ["BATCH_DATA_DIR"] = _directory.FullName,
        ["BATCH_CHECK_INTERVAL"] = "1",
        ["OPENAI_BASE_URL"] = simulator.OpenAiBaseUrl.ToString(),
        ["OPENAI_API_KEY"] = new SimulatorOptions().OpenAiKey,
    };

    /// <summary>Jobs, succeeded and failed of the last line of the table.</summary>
    private static (string Jobs, string Succeeded, string Failed) Totals(string output)
    {
        var total = output.Split('\n').Last(line => line.TrimStart().StartsWith("all ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (total[1], total[2], total[3]);
    }
}
