using System.Globalization;

namespace BatchWorker.Benchmarks;

/// <summary>
/// Two daemons whose redis-server loses its last writes, or is taken over by its replica, while their batches are anywhere between drain and end.
/// The jobs were accepted before; what is lost is what became of them since. Nothing may be paid twice, and every job must be answered.
/// </summary>
internal sealed class StoreAccidents(HarnessOptions options)
{
    private const int PerProvider = 20;
    private const int LongestMs = 4000;
    private static readonly TimeSpan s_untilEnded = TimeSpan.FromMinutes(5);
    private readonly Random _random = new(options.Seed);

    /// <summary>Answers how many rounds did not add up.</summary>
    public async Task<int> RunAsync(int rounds)
    {
        var wrong = 0;
        foreach (var (round, accident) in from round in Enumerable.Range(1, rounds) from accident in Enum.GetValues<StoreAccident>() select (round, accident))
        {
            using var stack = new Stack(embedded: false, replicas: 2, standby: true);
            var output = new StringWriter();
            var failures = await RunAsync(stack, accident, output);
            wrong += failures == 0 ? 0 : 1;
            Console.WriteLine($"round {round}, {accident}: {(failures == 0 ? "everything adds up" : $"{failures} checks failed; logs: {stack.Log("daemon")}")}{output}");
            if (failures == 0)
            {
                stack.Dispose();
                stack.Delete();
            }
        }
        Console.WriteLine($"{rounds * Enum.GetValues<StoreAccident>().Length} accidents, {wrong} wrong");
        return wrong;
    }

    private async Task<int> RunAsync(Stack stack, StoreAccident accident, TextWriter output)
    {
        using var client = new Client(stack.DaemonUrl);
        using var simulator = new Client(stack.SimulatorUrl);
        await client.SendAsync(HttpMethod.Get, "/batch/scheduler");
        await stack.Standby.FollowsAsync();
        var work = new Workload([.. File.ReadLines(options.File).Select(line => new WorkloadLine(line)).GroupBy(line => line.Provider).SelectMany(of => of.Take(PerProvider))], 0);
        var posted = new Posted(work);
        await posted.PostAsync(client, "jobs", 0, work.Count);
        await HappenAsync(stack, accident, () => DrainAsync(client), output);
        await Completion.WaitAsync(client, stack.Replicas[0], s_untilEnded, output: null);
        var said = new StringWriter();
        var books = new Books(client, simulator, posted, said);
        await books.CheckAsync(work.Count);
        if (books.Failures > 0)
        {
            output.WriteLine();
            output.Write(said);
        }
        return books.Failures;
    }

    /// <summary>Drains, and lets some time pass in which batches are made, submitted and answered.</summary>
    private async Task DrainAsync(Client client)
    {
        await client.SendAsync(HttpMethod.Post, "/batch/process/all");
        await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(LongestMs)), TimeProvider.System);
    }

    private async Task HappenAsync(Stack stack, StoreAccident accident, Func<Task> work, TextWriter output)
    {
        switch (accident)
        {
            case StoreAccident.TruncatedTail:
                var (log, before) = (stack.RedisLog, stack.RedisLog.Length);
                await work();
                stack.Redis.Kill();
                log.Refresh();
                var kept = _random.NextInt64(before, log.Length);
                output.Write(string.Create(CultureInfo.InvariantCulture, $"; {log.Length - kept} of {log.Length - before} bytes were cut off"));
                Cut(log, kept);
                stack.Redis.Start();
                break;
            case StoreAccident.Failover:
                await work();
                await stack.Standby.TakeOverAsync();
                break;
            default:
                await stack.Standby.LagAsync();
                await work();
                await stack.Standby.TakeOverAsync();
                break;
        }
    }

    private static void Cut(FileInfo log, long kept)
    {
        using var file = log.OpenWrite();
        file.SetLength(kept);
    }
}
