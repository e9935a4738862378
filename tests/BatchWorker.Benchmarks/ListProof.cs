using System.Globalization;
using System.Net.Http.Headers;

namespace BatchWorker.Benchmarks;

/// <summary>
/// Lists, counts and bulk actions on a ledger of a million jobs: how long an answer takes at most, what it costs the redis-server, and that a walk
/// shows every job once and in order while eight writers change states.
/// </summary>
/// <param name="stack">The processes.</param>
/// <param name="jobs">How many.</param>
/// <param name="output">Told what was measured.</param>
internal sealed class ListProof(ListStack stack, int jobs, TextWriter output)
{
    private readonly ListMeasure _measure = new(stack, output);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var jobs = Array.IndexOf(arguments, "--jobs") is >= 0 and var at ? int.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : 1_000_000;
        using var stack = new ListStack();
        return await new ListProof(stack, jobs, Console.Out).RunAsync() == 0 ? 0 : 1;
    }

    /// <summary>Answers how many checks failed.</summary>
    public async Task<int> RunAsync()
    {
        await ReadyAsync();
        await _measure.IdleAsync("idle, empty ledger");
        var work = new ListJobs(jobs, TimeSpan.FromSeconds(30));
        var ids = await LoadAsync(work);
        var batch = await SettleAsync(work);
        await _measure.IdleAsync("idle, loaded ledger");
        await PagesAsync(batch);
        await WalksAsync(ids, batch);
        await StreamAsync();
        await BulkAsync(work);
        await WalkBesideWritersAsync(ids);
        output.WriteLine(_measure.Memory());
        output.WriteLine(_measure.Failures == 0 ? "all checks passed" : $"{_measure.Failures} checks failed");
        return _measure.Failures;
    }

    private async Task ReadyAsync()
    {
        using var poster = new JobPoster(stack.Http.BaseAddress!.ToString());
        await poster.IsReadyAsync(() => stack.Daemon.HasEnded);
    }

    private async Task<List<string>> LoadAsync(ListJobs work)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var ids = new List<string>(jobs);
        for (var from = 0; from < jobs; from += 100_000)
        {
            ids.AddRange(await work.PostAsync(stack.Http, from, Math.Min(100_000, jobs - from)));
        }
        var took = TimeProvider.System.GetElapsedTime(begun);
        output.WriteLine($"{ids.Count} jobs accepted in {took.TotalSeconds:F1} s ({ids.Count / took.TotalSeconds:F0}/s); {_measure.Memory()}");
        return ids;
    }

    /// <summary>Embeddings are answered, the messages of Claude lie in batches of a provider that is paused, deadlines pass, a lane is cancelled. Answers a batch.</summary>
    private async Task<string> SettleAsync(ListJobs work)
    {
        var begun = TimeProvider.System.GetTimestamp();
        await stack.PostAsync("/batch/process", """{"job_type":"embedding_generation","wait":true,"wait_seconds":600}""");
        await stack.PostAsync("/batch/process", """{"job_type":"video_analysis","provider":"anthropic"}""");
        await ListMeasure.UntilAsync(async () => (await stack.GetAsync("/batch/runs?limit=1")).GetProperty("items")[0].GetProperty("jobs").GetInt32() > 0);
        await stack.PostAsync("/batch/providers/anthropic/pause", "{}");
        var cancelled = await stack.PostAsync("/batch/jobs/cancel", """{"filter":{"provider":"gemini","job_type":"video_analysis"}}""");
        await ListMeasure.UntilAsync(async () => (await stack.GetAsync("/batch/batches?provider=openai&active=true")).GetProperty("items").GetArrayLength() == 0);
        await ListMeasure.UntilAsync(async () => (await stack.GetAsync("/batch/queue/status")).GetProperty("dead").GetInt32() == ListJobs.Overdue);
        output.WriteLine($"{work.Embeddings} answered and {cancelled.GetProperty("changed").GetInt32()} cancelled in {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:F1} s; {_measure.Memory()}");
        return (await stack.GetAsync("/batch/batches?status=completed&limit=1")).GetProperty("items")[0].GetProperty("batch_id").GetString()!;
    }

    private async Task PagesAsync(string batch)
    {
        output.WriteLine("first pages: items, median and slowest answer, commands at the redis-server per page");
        foreach (var query in (string[])["", "limit=1000", .. Filters(batch)])
        {
            await _measure.PageAsync("/batch/jobs?" + query);
        }
        await _measure.PageAsync("/batch/queue/status");
        await _measure.PageAsync("/batch/batches");
    }

    private static string[] Filters(string batch) =>
    [
        "status=queued", "status=batched", "status=submitted", "status=succeeded", "status=failed", "status=cancelled",
        "job_type=embedding_generation", "provider=gemini", "provider=gemini&job_type=video_analysis&status=cancelled", "status=failed,cancelled&provider=openai",
        "status=failed&job_type=embedding_generation", "status=queued&job_type=embedding_generation", "provider=anthropic&job_type=embedding_generation",
        "batch_id=" + batch, $"batch_id={batch}&status=failed", $"batch_id={batch}&provider=gemini",
    ];

    private async Task WalksAsync(List<string> ids, string batch)
    {
        output.WriteLine("whole walks in pages of 1,000: items, pages (of them empty), median and slowest answer, commands per page");
        foreach (var query in (string[])["", .. Filters(batch)])
        {
            var items = await _measure.WalkAsync(query);
            _measure.Check($"{query}: descending", Descends(items));
            _measure.Check($"{query}: complete", query.Length > 0 || items.SequenceEqual(Enumerable.Reverse(ids)));
            _measure.Check($"{query}: the ten", query != "status=failed" || items.Count == ListJobs.Overdue);
        }
    }

    private async Task StreamAsync()
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/batch/jobs");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        using var response = await stack.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        var count = 0;
        while (await lines.ReadLineAsync() is not null)
        {
            count++;
        }
        output.WriteLine($"stream of {count} lines in {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:F1} s; {_measure.Memory()}");
        _measure.Check("the stream is whole", count == jobs);
    }

    private async Task BulkAsync(ListJobs work)
    {
        output.WriteLine("bulk actions");
        var waiting = (await stack.GetAsync("/batch/queue/status")).GetProperty("total").GetInt64();
        _measure.Check("dry run counts what waits", (await _measure.ActAsync("cancel", """{"filter":{},"dry_run":true}""")).Matched == waiting);
        await _measure.ActAsync("retry", """{"filter":{"status":"failed","error_code":"deadline_passed"},"dry_run":true}""");
        await _measure.ActAsync("retry", """{"filter":{"status":"cancelled"},"dry_run":true}""");
        await _measure.ActAsync("cancel", """{"filter":{"job_type":"embedding_generation"},"dry_run":true}""");
        var (matched, changed) = await _measure.ActAsync("cancel", """{"filter":{"provider":"gemini","job_type":"creative_scoring"}}""");
        _measure.Check("every match is cancelled", matched == changed && matched > work.Count / 20);
        _measure.Check("and queued again", (await _measure.ActAsync("retry", """{"filter":{"provider":"gemini","job_type":"creative_scoring"}}""")).Changed == matched);
        _measure.Check("nothing is lost", (await stack.GetAsync("/batch/queue/status")).GetProperty("total").GetInt64() == waiting);
    }

    private async Task WalkBesideWritersAsync(List<string> ids)
    {
        using var stop = new CancellationTokenSource();
        var writers = new ListWriters(stack, new ListJobs(jobs, TimeSpan.FromDays(1)), ids, seed: 1);
        var writing = writers.RunAsync(stop.Token);
        output.WriteLine("walks while eight writers change states");
        var all = await _measure.WalkAsync("");
        var queued = await _measure.WalkAsync("status=queued,cancelled&provider=gemini");
        await VerifyAsync();
        await stop.CancelAsync();
        await writing;
        output.WriteLine($"  {writers.Changes} changes meanwhile");
        _measure.Check("nothing twice, order kept", Descends(all) && Descends(queued));
        _measure.Check("nothing missed that was there all along", ids.ToHashSet().IsSubsetOf(all));
        _measure.Check("the writers did something", writers.Changes > 0);
    }

    private async Task VerifyAsync()
    {
        var begun = TimeProvider.System.GetTimestamp();
        var (exitCode, last) = await stack.VerifyAsync();
        output.WriteLine($"  doctor --verify beside them: {last} in {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:F0} s");
        _measure.Check("nothing is violated", exitCode == 0);
    }

    private static bool Descends(List<string> items) => items.Zip(items.Skip(1)).All(pair => string.CompareOrdinal(pair.First, pair.Second) > 0);
}
