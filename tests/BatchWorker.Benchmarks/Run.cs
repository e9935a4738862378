namespace BatchWorker.Benchmarks;

/// <summary>One run: post, drain, wait, and compare the books of the daemon with those of the simulator.</summary>
internal sealed class Run(HarnessOptions options)
{
    private static readonly TimeSpan s_most = TimeSpan.FromHours(2);
    private readonly Workload _work = Workload.Read(options.File, options.Jobs);

    /// <summary>Answers how many checks failed.</summary>
    public async Task<int> RunAsync()
    {
        Console.WriteLine($"seed {options.Seed}: {_work.Count} jobs, {options.DaemonKills} kills of the daemon, {options.RedisKills} of redis-server{(options.Embedded ? ", embedded store" : "")}");
        using var stack = new Stack(options.Embedded, options.Beside is null ? 1 : 2, beside: options.Beside);
        using var client = new Client(stack.DaemonUrl);
        using var simulator = new Client(stack.SimulatorUrl);
        await client.SendAsync(HttpMethod.Get, "/batch/scheduler");
        if (options.Failing > 0)
        {
            await simulator.SendAsync(HttpMethod.Post, "/_sim/items", new { percent = options.Failing, seed = options.Seed, code = "invalid_request" });
        }
        var begun = TimeProvider.System.GetTimestamp();
        var killer = new Killer(stack, options).RunAsync();
        var posted = await PostAsync(stack);
        Console.WriteLine($"posted after {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:F1} s");
        await Task.WhenAll(killer, Completion.WaitAsync(client, stack.Replicas[0], s_most, Console.Out));
        Console.WriteLine($"all ended after {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:F1} s; the daemon was started {stack.Daemon.Starts} times, redis-server {stack.Redis.Starts} times");
        var books = new Books(client, simulator, posted, Console.Out);
        await books.CheckAsync(_work.Count);
        stack.Daemon.Measure();
        Console.WriteLine($"daemon: at most {stack.Daemon.PeakMiB} MiB in memory");
        Console.WriteLine(books.Failures == 0 ? "everything adds up" : $"{books.Failures} checks failed; logs: {stack.Log("daemon")}");
        if (books.Failures == 0)
        {
            stack.Dispose();
            stack.Delete();
        }
        return books.Failures;
    }

    /// <summary>The daemons take turns.</summary>
    private async Task<Posted> PostAsync(Stack stack)
    {
        var posted = new Posted(_work);
        var wave = Math.Min(options.Wave, _work.Count);
        for (var from = 0; from < _work.Count; from += wave)
        {
            using var client = new Client(stack.Replicas[from / wave % stack.Replicas.Count].Url);
            await posted.PostAsync(client, $"run-{options.Seed}-{from}", from, Math.Min(wave, _work.Count - from));
            await client.SendAsync(HttpMethod.Post, "/batch/process/all");
        }
        return posted;
    }
}
