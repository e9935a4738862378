using System.Net.Http.Headers;
using System.Text;
using BatchWorker.Simulator;

namespace BatchWorker.Cli;

/// <summary>
/// The whole main job on this machine alone: the simulator in place of the providers, the embedded store, a few hundred jobs. Its settings
/// are all its own, so that no key of the environment can be used and no money spent.
/// </summary>
internal static class Demo
{
    private const double PhaseSeconds = 1.5;

    /// <summary>Answers 0 when every job succeeded.</summary>
    /// <param name="stay">Whether the daemon stays up for a look around, until Ctrl-C.</param>
    public static async Task<int> RunAsync(bool stay)
    {
        var directory = Directory.CreateTempSubdirectory("batchworker-demo-");
        try
        {
            return await RunAsync(directory, stay);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<int> RunAsync(DirectoryInfo directory, bool stay)
    {
        var options = new SimulatorOptions { PhaseSeconds = PhaseSeconds };
        await using var simulator = await SimulatorHost.StartAsync(options);
        await using var daemon = await LocalDaemon.StartAsync(new DaemonStart { Quiet = true, Settings = SettingsFor(simulator, options, directory) });
        Console.WriteLine($"A daemon with the embedded store answers at {daemon.Address.Address}; a simulator stands for the providers.");
        var accepted = await QueueAsync(daemon.Client);
        Console.WriteLine($"Queued {accepted} jobs; the queue is drained as it would be at night.");

        var run = (await daemon.Client.PostAsync("/batch/process/all", null)).GetProperty("run_id").GetString()!;
        var follower = new RunFollower(daemon.Client, run, TimeProvider.System);
        await RunView.Open().ShowAsync(follower.FollowAsync(toTheEnd: true, CancellationToken.None));
        var summary = await RunSummary.ReadAsync(daemon.Client, follower.Last, CancellationToken.None);
        SummaryTable.Print(summary);
        if (stay)
        {
            Console.WriteLine(WhereToLook(daemon.Address.Address, follower.Last));
            await daemon.WaitAsync();
        }
        return summary.Failed == 0 ? 0 : 1;
    }

    private static async Task<int> QueueAsync(DaemonClient client)
    {
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Join('\n', DemoJobs.All())));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        var answer = await client.PostAsync("/batch/queue/bulk", body);
        return answer.GetProperty("accepted").GetInt32();
    }

    private static Dictionary<string, string?> SettingsFor(SimulatorHost simulator, SimulatorOptions options, DirectoryInfo directory) => new()
    {
        ["BATCH_DATA_DIR"] = directory.FullName,
        ["BATCH_CHECK_INTERVAL"] = "1",
        ["BATCH_RETRY_BACKOFF"] = "1",
        ["OPENAI_BASE_URL"] = simulator.OpenAiBaseUrl.ToString(),
        ["OPENAI_API_KEY"] = options.OpenAiKey,
        ["ANTHROPIC_BASE_URL"] = simulator.AnthropicBaseUrl.ToString(),
        ["ANTHROPIC_API_KEY"] = options.AnthropicKey,
        ["GEMINI_BASE_URL"] = simulator.GeminiBaseUrl.ToString(),
        ["GEMINI_API_KEY"] = options.GeminiKey,
    };

    private static string WhereToLook(string address, RunProgress run) => $"""

        Look around until you press Ctrl-C:
          curl {address}/batch/batches
          curl {address}/batch/results/{run.Batches[0].Id}?limit=2
          curl {address}/batch/jobs?provider=gemini
          curl {address}/metrics
          curl -X POST {address}/batch/queue -H 'Content-Type: application/json' -d '{DemoJobs.Example}'
          curl -X POST {address}/batch/process/all -H 'Content-Type: application/json' -d '{"{"}"wait":true{"}"}'
        Everything is described at {address}/openapi/v1.json. For your own keys: set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY and run without "demo".
        """;
}
