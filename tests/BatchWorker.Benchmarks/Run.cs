using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BatchWorker.Benchmarks;

/// <summary>One run: post, drain, wait, and compare the books of the daemon with those of the simulator.</summary>
internal sealed class Run(HarnessOptions options)
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private readonly Workload _work = new(options.File, options.Jobs);
    private int _failures;

    /// <summary>Answers how many checks failed.</summary>
    public async Task<int> RunAsync()
    {
        Console.WriteLine($"seed {options.Seed}: {_work.Count} jobs, {options.DaemonKills} kills of the daemon, {options.RedisKills} of redis-server{(options.Embedded ? ", embedded store" : "")}");
        using var stack = new Stack(options.Embedded);
        using var client = new Client(stack.DaemonUrl);
        using var simulator = new Client(stack.SimulatorUrl);
        await client.SendAsync(HttpMethod.Get, "/batch/scheduler");
        var begun = TimeProvider.System.GetTimestamp();
        var killer = new Killer(stack, options).RunAsync();
        var ids = await PostAsync(client);
        Console.WriteLine($"posted after {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:F1} s");
        await Task.WhenAll(killer, FinishAsync(client, stack, begun));
        Console.WriteLine($"all ended after {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:F1} s; the daemon was started {stack.Daemon.Starts} times, redis-server {stack.Redis.Starts} times");
        await CheckAsync(client, simulator, ids);
        stack.Daemon.Measure();
        Console.WriteLine($"daemon: at most {stack.Daemon.PeakMiB} MiB in memory");
        Console.WriteLine(_failures == 0 ? "everything adds up" : $"{_failures} checks failed; logs: {stack.Log("daemon")}");
        if (_failures == 0)
        {
            stack.Dispose();
            stack.Delete();
        }
        return _failures;
    }

    private async Task<string[]> PostAsync(Client client)
    {
        var ids = new List<string>(_work.Count);
        for (var from = 0; from < _work.Count; from += options.Wave)
        {
            var (start, count) = (from, Math.Min(options.Wave, _work.Count - from));
            ids.AddRange(await client.PostAsync($"run-{options.Seed}-{start}", body => _work.Write(body, start, count), count));
            await client.SendAsync(HttpMethod.Post, "/batch/process/all");
            if (options.Wave == int.MaxValue)
            {
                break;
            }
        }
        return [.. ids];
    }

    private static async Task FinishAsync(Client client, Stack stack, long begun)
    {
        for (var rounds = 0; ; rounds++)
        {
            var queue = await client.SendAsync(HttpMethod.Get, "/batch/queue/status");
            var active = await client.SendAsync(HttpMethod.Get, "/batch/batches?active=true&limit=1000");
            var waiting = queue.GetProperty("total").GetInt64();
            var open = active.GetProperty("items").GetArrayLength();
            if (waiting == 0 && open == 0)
            {
                return;
            }
            if (waiting > 0 && rounds % 5 == 4)
            {
                await client.SendAsync(HttpMethod.Post, "/batch/process/all");
            }
            if (rounds % 15 == 14)
            {
                Console.WriteLine($"  {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:F0} s: {waiting} wait, {open} batches are open");
            }
            if (stack.Daemon.HasEnded)
            {
                throw new InvalidOperationException($"The daemon has ended by itself; see {stack.Log("daemon")}.");
            }
            await Task.Delay(s_look, TimeProvider.System);
        }
    }

    private async Task CheckAsync(Client client, Client simulator, string[] ids)
    {
        var echoes = new Dictionary<string, string>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            echoes[ids[i]] = _work.EchoAt(i);
        }
        Expect("different job ids", echoes.Count, ids.Length);
        var statuses = new Dictionary<string, int>();
        await foreach (var job in client.ReadAsync("/batch/jobs"))
        {
            var status = job.GetProperty("status").GetString()!;
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
        }
        Expect("jobs in the list", statuses.Values.Sum(), ids.Length);
        Expect("succeeded", statuses.GetValueOrDefault("succeeded"), ids.Length);
        await CheckAnswersAsync(client, echoes);
        var books = await simulator.SendAsync(HttpMethod.Get, "/_sim/ledger/summary");
        Expect("paid", books.GetProperty("paid_items").GetInt64(), ids.Length);
        Expect("paid more than once", books.GetProperty("paid_more_than_once").GetProperty("count").GetInt64(), 0);
        Expect("in two running batches", books.GetProperty("overlap").GetProperty("count").GetInt64(), 0);
    }

    private async Task CheckAnswersAsync(Client client, Dictionary<string, string> echoes)
    {
        var right = 0;
        foreach (var batch in await client.ListAsync("/batch/batches"))
        {
            await foreach (var result in client.ReadAsync("/batch/results/" + batch.GetProperty("batch_id").GetString()))
            {
                if (result.GetProperty("status").GetString() == "succeeded" && IsAnswer(result, echoes))
                {
                    right++;
                }
            }
        }
        Expect("answers to their own request", right, echoes.Count);
    }

    /// <summary>A text repeats the hash of its request; an embedding is made of bytes of SHA-256(hash/index/block).</summary>
    private static bool IsAnswer(JsonElement result, Dictionary<string, string> echoes)
    {
        var response = result.GetProperty("response");
        var echo = echoes[result.GetProperty("job_id").GetString()!];
        if (!response.TryGetProperty("data", out var data))
        {
            return response.GetRawText().Contains(echo, StringComparison.Ordinal);
        }
        var block = SHA256.HashData(Encoding.UTF8.GetBytes(echo + "/0/0"));
        return data[0].GetProperty("embedding").EnumerateArray().Select((number, i) => Math.Abs(number.GetDouble() - ((block[i] - 127.5) / 128)) < 1e-6).All(same => same);
    }

    private void Expect(string what, long found, long expected)
    {
        Console.WriteLine($"{what}: {found}{(found == expected ? "" : $", expected {expected}  <-- WRONG")}");
        _failures += found == expected ? 0 : 1;
    }
}
