using System.Globalization;
using System.Text.Json;

namespace BatchWorker.Benchmarks;

/// <summary>Measures calls: how long an answer takes and what it costs the redis-server.</summary>
internal sealed class ListMeasure(ListStack stack, TextWriter output)
{
    private const int Repeats = 20;
    private const int PageLimit = 1000;
    private static readonly TimeSpan s_slowest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    /// <summary>Commands for one page at most: 4,000 jobs of a batch in as many buckets, and what the daemon asks by itself meanwhile.</summary>
    private const int MostCommands = 10_000;

    /// <summary>Checks that failed so far.</summary>
    public int Failures { get; private set; }

    /// <summary>The first page, again and again.</summary>
    public async Task PageAsync(string path)
    {
        var times = new List<TimeSpan>();
        var before = await stack.CallsAsync();
        JsonElement page = default;
        for (var i = 0; i < Repeats; i++)
        {
            var begun = TimeProvider.System.GetTimestamp();
            page = await stack.GetAsync(path);
            times.Add(TimeProvider.System.GetElapsedTime(begun));
        }
        var calls = (await stack.CallsAsync()).Since(before);
        var items = page.TryGetProperty("items", out var found) ? $"{found.GetArrayLength()} items{(page.GetProperty("next_cursor").GetString() is null ? "" : " …")}" : "";
        output.WriteLine($"  {path,-85} {items,-14} {Show(times)}  {calls.Per(Repeats)}");
        Check($"{path} walks through nothing", calls.Scans == 0 && calls.Total / Repeats < MostCommands && IsQuick(times));
    }

    /// <summary>A whole list; answers the ids in their order.</summary>
    public async Task<List<string>> WalkAsync(string query)
    {
        var (items, times, empty) = (new List<string>(), new List<TimeSpan>(), 0);
        var before = await stack.CallsAsync();
        string? cursor = "";
        while (cursor is not null)
        {
            var begun = TimeProvider.System.GetTimestamp();
            var page = await stack.GetAsync($"/batch/jobs?limit={PageLimit}&{query}{(cursor.Length > 0 ? "&cursor=" + cursor : "")}");
            times.Add(TimeProvider.System.GetElapsedTime(begun));
            var count = items.Count;
            items.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("job_id").GetString()!));
            empty += items.Count == count ? 1 : 0;
            cursor = page.GetProperty("next_cursor").GetString();
        }
        var calls = (await stack.CallsAsync()).Since(before);
        output.WriteLine($"  {query,-75} {items.Count,8} in {times.Count} ({empty}) pages, {times.Sum(time => time.TotalSeconds):F1} s  {Show(times)}  {calls.Per(times.Count)}");
        Check($"{query}: no scan, no slow page", calls.Scans == 0 && calls.Total / times.Count < MostCommands && IsQuick(times));
        return items;
    }

    /// <summary>A bulk action.</summary>
    public async Task<(long Matched, long Changed)> ActAsync(string action, string json)
    {
        var before = await stack.CallsAsync();
        var begun = TimeProvider.System.GetTimestamp();
        var answer = await stack.PostAsync("/batch/jobs/" + action, json);
        var took = TimeProvider.System.GetElapsedTime(begun);
        var calls = (await stack.CallsAsync()).Since(before);
        var (matched, changed) = (answer.GetProperty("matched").GetInt64(), answer.GetProperty("changed").GetInt64());
        output.WriteLine($"  {action} {json}: {matched} matched, {changed} changed in {took.TotalSeconds:F2} s; {calls.Per(1)}");
        Check($"{action} {json} walks through nothing", calls.Scans == 0);
        return (matched, changed);
    }

    /// <summary>What the daemon asks by itself.</summary>
    public async Task IdleAsync(string name)
    {
        const int seconds = 10;
        var before = await stack.CallsAsync();
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        var calls = (await stack.CallsAsync()).Since(before);
        output.WriteLine($"{name}: {calls.Total / seconds} commands a second: {calls.Per(seconds)}");
    }

    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            await Task.Delay(s_look, TimeProvider.System);
        }
    }

    public string Memory()
    {
        stack.Daemon.Measure();
        return $"daemon {stack.Daemon.PeakMiB} MiB at most so far";
    }

    public void Check(string what, bool holds)
    {
        if (!holds)
        {
            Failures++;
            output.WriteLine($"FAILED: {what}");
        }
    }

    /// <summary>By the median: the slowest answer is at the mercy of what else runs on the machine.</summary>
    private static bool IsQuick(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2) < s_slowest;

    private static string Show(List<TimeSpan> times)
    {
        var sorted = times.Order().ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"{sorted[sorted.Length / 2].TotalMilliseconds,6:F1} ms, {sorted[^1].TotalMilliseconds,6:F1} ms");
    }
}
