using System.Text.Json;

namespace BatchWorker.Benchmarks;

/// <summary>
/// Two daemons on one redis-server: the one that owns running batches of every provider is killed while they end there, and the other must
/// have polled and settled them within two lease times and one check interval.
/// </summary>
internal sealed class Takeover(HarnessOptions options)
{
    private const int Jobs = 60;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_untilEnded = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_allowed = TimeSpan.FromSeconds((2 * Stack.LeaseSeconds) + Stack.CheckSeconds);

    /// <summary>Answers how many rounds were too slow or did not add up.</summary>
    public async Task<int> RunAsync(int rounds)
    {
        var wrong = 0;
        for (var round = 1; round <= rounds; round++)
        {
            using var stack = new Stack(embedded: false, replicas: 2);
            var failures = await RunAsync(stack, round);
            wrong += failures == 0 ? 0 : 1;
            if (failures == 0)
            {
                stack.Dispose();
                stack.Delete();
            }
        }
        Console.WriteLine($"{rounds} take-overs, {wrong} wrong");
        return wrong;
    }

    private async Task<int> RunAsync(Stack stack, int round)
    {
        using var victim = new Client(stack.Replicas[0].Url);
        using var heir = new Client(stack.Replicas[1].Url);
        using var simulator = new Client(stack.SimulatorUrl);
        await simulator.SendAsync(HttpMethod.Post, "/_sim/config", new { manual = true });
        await heir.SendAsync(HttpMethod.Get, "/batch/scheduler");
        var work = Work();
        var posted = new Posted(work);
        await posted.PostAsync(victim, "jobs", 0, work.Count);
        await victim.SendAsync(HttpMethod.Post, "/batch/process/all", new { wait = true });
        var running = await RunningAsync(victim);
        stack.Daemon.Kill();
        var killed = TimeProvider.System.GetUtcNow();
        await simulator.SendAsync(HttpMethod.Post, "/_sim/config", new { manual = false });
        await simulator.SendAsync(HttpMethod.Post, "/_sim/advance", new { all = true });
        await Completion.WaitAsync(heir, stack.Replicas[1], s_untilEnded, output: null);
        var books = new Books(heir, simulator, posted, TextWriter.Null);
        await books.CheckAsync(work.Count);
        return books.Failures + await TellAsync(heir, simulator, running, killed, round);
    }

    private Workload Work() =>
        new([.. File.ReadLines(options.File).Select(line => new WorkloadLine(line)).GroupBy(line => line.Provider).SelectMany(of => of.Take(Jobs / 3))], 0);

    /// <summary>The batches, once all of them are known to run.</summary>
    private static async Task<List<JsonElement>> RunningAsync(Client client)
    {
        for (; ; )
        {
            var batches = await client.ListAsync("/batch/batches?active=true");
            if (batches.TrueForAll(batch => batch.GetProperty("status").GetString() is "in_progress" or "submitted"))
            {
                return batches;
            }
            await Task.Delay(s_look, TimeProvider.System);
        }
    }

    private static async Task<int> TellAsync(Client heir, Client simulator, List<JsonElement> running, DateTimeOffset killed, int round)
    {
        var calls = await simulator.SendAsync(HttpMethod.Get, "/_sim/ledger/requests");
        var ended = (await heir.ListAsync("/batch/batches")).ToDictionary(batch => batch.GetProperty("batch_id").GetString()!, batch => batch.GetProperty("completed_at").GetDateTimeOffset());
        var late = 0;
        foreach (var of in running.GroupBy(batch => batch.GetProperty("provider").GetString()!))
        {
            var ids = of.Select(batch => batch.GetProperty("provider_batch_id").GetString()!).ToArray();
            var polled = ids.Max(id => calls.EnumerateArray().Where(call => call.GetProperty("path").GetString()!.Contains(id, StringComparison.Ordinal))
                .Select(call => call.GetProperty("at").GetDateTimeOffset()).Where(at => at > killed).DefaultIfEmpty(DateTimeOffset.MaxValue).Min()) - killed;
            var settled = of.Max(batch => ended[batch.GetProperty("batch_id").GetString()!]) - killed;
            late += settled <= s_allowed ? 0 : 1;
            Console.WriteLine($"round {round}, {of.Key}: {of.Count()} batches polled by the other {polled.TotalSeconds:F1} s after the kill, settled after {settled.TotalSeconds:F1} s{(settled <= s_allowed ? "" : $", later than {s_allowed.TotalSeconds:F0} s  <-- WRONG")}");
        }
        return late;
    }
}
