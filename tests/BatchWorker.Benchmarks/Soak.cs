using System.Globalization;
using System.Text.Json;

namespace BatchWorker.Benchmarks;

/// <summary>
/// Several daemons on one redis-server work for a long time at a steady pace, with providers that fail now and then, and with kills if wanted.
/// Tells what each of them holds as time goes by, and compares the books at the end.
/// </summary>
internal sealed class Soak(HarnessOptions options, int minutes, int replicas, int perMinute)
{
    private const int RedisShare = 20; // one kill in so many is of redis-server
    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_most = TimeSpan.FromMinutes(20);
    private readonly Random _random = new(options.Seed);

    /// <summary>Answers how many checks failed.</summary>
    public async Task<int> RunAsync()
    {
        Console.WriteLine($"seed {options.Seed}: {minutes} minutes, {replicas} daemons, {perMinute} jobs a minute, {options.DaemonKills} kills");
        using var stack = new Stack(embedded: false, replicas);
        using var simulator = new Client(stack.SimulatorUrl);
        await MakeTroubleAsync(simulator);
        var clients = stack.Replicas.Select(replica => new Client(replica.Url)).ToArray();
        var lines = File.ReadLines(options.File).Select(line => new WorkloadLine(line)).ToArray();
        _random.Shuffle(lines); // jobs for every provider in each minute
        var work = new Workload(lines, minutes * perMinute);
        var posted = new Posted(work);
        using var over = new CancellationTokenSource(TimeSpan.FromMinutes(minutes), TimeProvider.System);
        var watch = Task.WhenAll(WatchAsync(stack, over.Token), KillAsync(stack, over.Token));
        for (var minute = 0; minute < minutes; minute++)
        {
            var begun = TimeProvider.System.GetTimestamp();
            await posted.PostAsync(clients[_random.Next(replicas)], $"soak-{options.Seed}-{minute}", minute * perMinute, perMinute);
            await clients[_random.Next(replicas)].SendAsync(HttpMethod.Post, "/batch/process/all");
            var left = s_look - TimeProvider.System.GetElapsedTime(begun);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, TimeProvider.System);
        }
        await over.CancelAsync();
        await watch;
        await Completion.WaitAsync(clients[0], stack.Replicas[0], s_most, Console.Out);
        var books = new Books(clients[0], simulator, posted, Console.Out);
        await books.CheckAsync(work.Count);
        Console.WriteLine(books.Failures == 0 ? "everything adds up" : $"{books.Failures} checks failed; logs: {stack.Log("daemon")}");
        Array.ForEach(clients, client => client.Dispose());
        if (books.Failures == 0)
        {
            stack.Dispose();
            stack.Delete();
        }
        return books.Failures;
    }

    /// <summary>Create calls whose answer is lost although the batch is there, pages that fail, and answers that break off.</summary>
    private async Task MakeTroubleAsync(Client simulator)
    {
        object[] troubles =
        [
            new { method = "POST", path = "batch", probability = 0.05, seed = options.Seed, action = new { type = "reset_after" } },
            new { method = "POST", path = "batch", probability = 0.03, seed = options.Seed + 1, action = new { type = "status_after", status = 502 } },
            new { method = "POST", path = "batch", probability = 0.03, seed = options.Seed + 2, action = new { type = "status", status = 503 } },
            new { method = "GET", path = ".", probability = 0.03, seed = options.Seed + 3, action = new { type = "status", status = 500 } },
            new { method = "GET", path = ".", probability = 0.02, seed = options.Seed + 4, action = new { type = "truncate", bytes = 300 } },
        ];
        foreach (var provider in new[] { "openai", "anthropic", "gemini" })
        {
            foreach (var trouble in troubles)
            {
                var rule = JsonSerializer.SerializeToNode(trouble)!.AsObject();
                rule["provider"] = provider;
                await simulator.SendAsync(HttpMethod.Post, "/_sim/faults", rule);
            }
        }
    }

    private static async Task WatchAsync(Stack stack, CancellationToken over)
    {
        for (var minute = 1; await LaterAsync(s_look, over); minute++)
        {
            var lives = stack.Replicas.Select(replica => replica.Server.Vitals?.ToString() ?? "being started");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{minute} min: {string.Join(" | ", lives)} | redis {stack.Redis.Vitals?.MiB} MiB"));
        }
    }

    /// <summary>The kills come evenly over the time, each of anybody.</summary>
    private async Task KillAsync(Stack stack, CancellationToken over)
    {
        if (options.DaemonKills == 0)
        {
            return;
        }
        var kills = 0;
        var pause = TimeSpan.FromMinutes(minutes) / options.DaemonKills;
        for (; kills < options.DaemonKills && await LaterAsync(pause * (0.5 + _random.NextDouble()), over); kills++)
        {
            var victim = _random.Next(RedisShare) == 0 ? stack.Redis : stack.Replicas[_random.Next(replicas)].Server;
            victim.Kill();
            victim.Start();
        }
        Console.WriteLine($"{kills} kills");
    }

    /// <summary>False when the time is over.</summary>
    private static async Task<bool> LaterAsync(TimeSpan pause, CancellationToken over)
    {
        try
        {
            await Task.Delay(pause, TimeProvider.System, over);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
