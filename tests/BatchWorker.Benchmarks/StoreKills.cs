using System.Collections.Concurrent;

namespace BatchWorker.Benchmarks;

/// <summary>
/// Kills a daemon with the embedded store right after it has acknowledged jobs, while several callers post, and looks for every acknowledged
/// job when it is back: each must be there, once.
/// </summary>
/// <param name="daemon">The daemon's assembly.</param>
/// <param name="directory">Where it keeps its data; used by nobody else.</param>
/// <param name="memory"><c>BATCH_EMBEDDED_MEMORY</c>.</param>
/// <param name="seed">Seed of the moments.</param>
/// <param name="output">Told what happens.</param>
internal sealed class StoreKills(string daemon, string directory, string memory, int seed, TextWriter output)
{
    private const int Callers = 4;
    private const int FewestAnswers = 5;
    private const int MostAnswers = 300;
    private const int LinesAtOnce = 100;
    private readonly Random _random = new(seed);
    private readonly ConcurrentDictionary<string, int> _acknowledged = new();

    private int _endings;

    /// <summary>Jobs that were acknowledged so far.</summary>
    public int Acknowledged => _acknowledged.Count;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var memory = arguments.Text("--memory") ?? "64m";
        var directory = Directory.CreateTempSubdirectory("bw-store-kills-").FullName;
        var lost = await new StoreKills(Stack.Dll("BatchWorker"), directory, memory, arguments.Number("--seed", 1), Console.Out).RunAsync(arguments.Number("--rounds", 100));
        if (lost == 0)
        {
            Directory.Delete(directory, recursive: true);
        }
        return lost == 0 ? 0 : 1;
    }

    /// <summary>Answers how many acknowledged jobs are missing, or there twice.</summary>
    public async Task<int> RunAsync(int rounds)
    {
        output.WriteLine($"seed {seed}: {rounds} kills, {memory} of memory");
        var url = $"http://127.0.0.1:{Server.FreePort()}";
        using var server = new Server("daemon", "dotnet", [daemon, "--urls", url], Environment(Path.Combine(directory, "data"), memory), Path.Combine(directory, "daemon.log"));
        using var client = new JobPoster(url);
        for (var round = 1; round <= rounds; round++)
        {
            await StartAsync(client, server);
            await LoadAsync(client, server, round, _random.Next(FewestAnswers, MostAnswers));
        }
        await StartAsync(client, server);
        var found = await client.IdsAsync();
        var missing = _acknowledged.Keys.Except(found).ToArray();
        var twice = found.Count - found.Distinct().Count();
        output.WriteLine($"{Acknowledged} acknowledged, {found.Count} found, {missing.Length} missing, {twice} twice; the daemon gave its store up {_endings} times");
        foreach (var round in missing.GroupBy(id => _acknowledged[id]).OrderBy(round => round.Key))
        {
            output.WriteLine($"  round {round.Key}: {round.Count()} of {_acknowledged.Values.Count(of => of == round.Key)} missing, from {round.Min()} to {round.Max()}; the data is in {directory}");
        }
        return missing.Length + twice;
    }

    /// <summary>A daemon that ends by itself is started again, as whoever watches over it would.</summary>
    private async Task StartAsync(JobPoster client, Server server)
    {
        server.Start();
        while (!await client.IsReadyAsync(() => server.HasEnded))
        {
            _endings++;
            server.Start();
        }
    }

    /// <summary>Posts until so many answers have come, and kills the daemon in the moment of the last.</summary>
    private async Task LoadAsync(JobPoster client, Server server, int round, int answers)
    {
        using var killed = new CancellationTokenSource();
        var left = answers;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(caller))));

        async Task CallAsync(int caller)
        {
            for (var n = 0; !killed.IsCancellationRequested; n++)
            {
                var key = $"{round}-{caller}-{n}";
                var ids = await (caller == 0 ? client.PostLinesAsync(key, LinesAtOnce) : client.PostAsync(key));
                foreach (var id in ids)
                {
                    _acknowledged[id] = round;
                }
                if (ids.Count > 0 && Interlocked.Decrement(ref left) == 0)
                {
                    server.Kill();
                    killed.Cancel();
                }
                else if (ids.Count == 0 && !killed.IsCancellationRequested && server.HasEnded)
                {
                    Interlocked.Increment(ref _endings);
                    killed.Cancel();
                }
            }
        }
    }

    /// <summary>Nothing is drained, and no provider is there.</summary>
    public static Dictionary<string, string> Environment(string data, string memory) => new()
    {
        ["REDIS_URL"] = "",
        ["BATCH_DATA_DIR"] = data,
        ["BATCH_EMBEDDED_MEMORY"] = memory,
        ["BATCH_SCHEDULE_CRON"] = "0 0 0 1 1 ? 2099",
        ["OPENAI_API_KEY"] = "sk-of-nobody",
        ["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1",
    };
}
