using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace BatchWorker.Benchmarks;

/// <summary>The whole road at a given size, against the simulator: what each stretch of it takes in time, processor and memory.</summary>
internal sealed class Load(HarnessOptions options, int connections, int singles, string? json)
{
    private const int Callers = 32;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(10);
    private readonly Workload _work = Workload.Read(options.File, options.Jobs);
    private readonly LoadFigures _figures = new();

    public async Task<int> RunAsync()
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var stack = new Stack(options.Embedded, fsync: "everysec");
        using var http = new HttpClient { BaseAddress = new Uri(stack.DaemonUrl), Timeout = TimeSpan.FromHours(1) };
        await ReadyAsync(http);
        _figures.Add("start to ready, with redis-server and simulator", "s", Seconds(begun));
        var bodies = Write();
        var empty = await RedisBytesAsync(stack);
        await MeasureAsync(stack, $"bulk intake, {connections} connection{(connections == 1 ? "" : "s")}", () => IntakeAsync(http, bodies));
        if (!options.Embedded)
        {
            _figures.Add("redis-server, of the jobs' JSON bytes", "x", (await RedisBytesAsync(stack) - empty) / (double)bodies.Sum(body => body.Length));
        }
        await SinglesAsync(http);
        await MeasureAsync(stack, "drain: queue to submitted batches", () => DrainAsync(http));
        var settled = await AnySettledAsync(http);
        await MeasureAsync(stack, "retrieval: first to last settled job", () => AllSettledAsync(http, settled));
        _figures.Add("processor of the daemon a million jobs", "s", stack.Daemon.ProcessorSeconds * 1_000_000 / (_work.Count + singles));
        stack.Daemon.Measure();
        _figures.Add("memory of the daemon, peak", "MiB", stack.Daemon.PeakMiB);
        var before = stack.Daemon.ProcessorSeconds;
        await Task.Delay(s_idle, TimeProvider.System);
        _figures.Add("processor of the daemon when idle", "% of a core", (stack.Daemon.ProcessorSeconds - before) / s_idle.TotalSeconds * 100);
        await ReportAsync();
        Array.ForEach(bodies, body => body.Delete());
        stack.Dispose();
        stack.Delete();
        return 0;
    }

    /// <summary>Bodies are made before the time is taken: what they cost is not the daemon's.</summary>
    private FileInfo[] Write() => [.. Enumerable.Range(0, connections).Select(part =>
    {
        var file = new FileInfo(Path.GetTempFileName());
        using var body = file.Create();
        var (from, to) = ((int)((long)_work.Count * part / connections), (int)((long)_work.Count * (part + 1) / connections));
        _work.Write(body, from, to - from);
        return new FileInfo(file.FullName);
    })];

    private async Task<int> IntakeAsync(HttpClient http, FileInfo[] bodies)
    {
        await Task.WhenAll(bodies.Select(async body =>
        {
            using var content = new StreamContent(body.OpenRead());
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            using var answer = await http.PostAsync(new Uri("/batch/queue/bulk", UriKind.Relative), content);
            Check(answer);
        }));
        return _work.Count;
    }

    /// <summary>Single jobs of as many callers at once as there are.</summary>
    private async Task SinglesAsync(HttpClient http)
    {
        if (singles == 0)
        {
            return;
        }
        var jobs = Lines().Take(singles).ToArray();
        var took = new double[jobs.Length];
        var next = -1;
        var begun = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            for (int job; (job = Interlocked.Increment(ref next)) < jobs.Length;)
            {
                var sent = TimeProvider.System.GetTimestamp();
                using var content = new StringContent(jobs[job], Encoding.UTF8, "application/json");
                using var answer = await http.PostAsync(new Uri("/batch/queue", UriKind.Relative), content);
                Check(answer);
                took[job] = TimeProvider.System.GetElapsedTime(sent).TotalMilliseconds;
            }
        }));
        _figures.Add($"single jobs, {Callers} callers", "jobs/s", jobs.Length / Seconds(begun));
        Array.Sort(took);
        _figures.Add("single jobs, p50", "ms", took[took.Length / 2]);
        _figures.Add("single jobs, p99", "ms", took[(int)(took.Length * 0.99)]);
    }

    private IEnumerable<string> Lines()
    {
        for (var job = 0; ; job++)
        {
            using var line = new MemoryStream();
            _work.Write(line, job % _work.Count, 1);
            yield return Encoding.UTF8.GetString(line.ToArray());
        }
    }

    private static async Task<int> DrainAsync(HttpClient http)
    {
        using var answer = await http.PostAsJsonAsync("/batch/process/all", new { wait = true, wait_seconds = 3600 });
        Check(answer);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("jobs").GetInt32();
    }

    private static async Task<int> AnySettledAsync(HttpClient http)
    {
        for (; ; )
        {
            if (await EndedAsync(http) is > 0 and var ended)
            {
                return ended;
            }
            await Task.Delay(s_look / 5, TimeProvider.System);
        }
    }

    private async Task<int> AllSettledAsync(HttpClient http, int before)
    {
        while (await EndedAsync(http) < _work.Count + singles)
        {
            await Task.Delay(s_look, TimeProvider.System);
        }
        return _work.Count + singles - before;
    }

    private static async Task<int> EndedAsync(HttpClient http)
    {
        var jobs = (await http.GetFromJsonAsync<JsonElement>("/batch/metrics")).GetProperty("jobs");
        return jobs.GetProperty("succeeded").GetInt32() + jobs.GetProperty("failed").GetInt32();
    }

    private async Task MeasureAsync(Stack stack, string name, Func<Task<int>> stretch)
    {
        var (begun, processor) = (TimeProvider.System.GetTimestamp(), stack.Daemon.ProcessorSeconds);
        var jobs = await stretch();
        _figures.Add(name, "jobs/s", jobs / Seconds(begun));
        _figures.Add(name + ", processor of the daemon", "s a million", (stack.Daemon.ProcessorSeconds - processor) * 1_000_000 / jobs);
    }

    private async Task<double> RedisBytesAsync(Stack stack)
    {
        if (options.Embedded)
        {
            return 0;
        }
        var facts = await RedisCli.RunAsync(stack.RedisPort, "INFO", "memory");
        var used = facts.Split('\n', StringSplitOptions.TrimEntries).First(fact => fact.StartsWith("used_memory:", StringComparison.Ordinal));
        return double.Parse(used["used_memory:".Length..], CultureInfo.InvariantCulture);
    }

    private static async Task ReadyAsync(HttpClient http)
    {
        for (; ; )
        {
            try
            {
                using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // it is not there yet
            }
            await Task.Delay(s_look / 5, TimeProvider.System);
        }
    }

    private async Task ReportAsync()
    {
        Console.WriteLine($"{_work.Count} jobs as lines, {singles} single ones, {(options.Embedded ? "embedded store" : "redis-server, appendfsync everysec")}");
        Console.WriteLine(_figures);
        if (json is not null)
        {
            await File.WriteAllTextAsync(json, _figures.ToJson(_work.Count, singles));
        }
    }

    private static void Check(HttpResponseMessage answer)
    {
        if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Accepted))
        {
            throw new InvalidOperationException($"{answer.RequestMessage!.RequestUri}: {answer.StatusCode}");
        }
    }

    private static double Seconds(long begun) => TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
}
