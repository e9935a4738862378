namespace BatchWorker.Benchmarks;

/// <summary>Eight callers that change the states of jobs until they are told to stop: they enqueue, cancel, retry and drain.</summary>
internal sealed class ListWriters(ListStack stack, ListJobs jobs, IReadOnlyList<string> ids, int seed)
{
    private const int LinesAtOnce = 20;
    private int _changes;

    public int Changes => _changes;

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(
        WriteAsync(EnqueueAsync, stop),
        WriteAsync(EnqueueAsync, stop),
        WriteAsync(random => ActAsync(HttpMethod.Delete, $"/batch/jobs/{ids[random.Next(ids.Count)]}"), stop),
        WriteAsync(random => ActAsync(HttpMethod.Delete, $"/batch/jobs/{ids[random.Next(ids.Count)]}"), stop),
        WriteAsync(random => ActAsync(HttpMethod.Post, $"/batch/jobs/{ids[random.Next(ids.Count)]}/retry"), stop),
        WriteAsync(_ => CountAsync("/batch/jobs/cancel", """{"filter":{"provider":"gemini"},"max":100}""", "changed"), stop),
        WriteAsync(_ => CountAsync("/batch/jobs/retry", """{"filter":{"status":"cancelled"},"max":100}""", "changed"), stop),
        WriteAsync(_ => CountAsync("/batch/process", """{"job_type":"training_data_prep","provider":"openai","max_jobs":200,"wait":true}""", "jobs"), stop));

    private async Task WriteAsync(Func<Random, Task<int>> write, CancellationToken stop)
    {
        var random = new Random(seed);
        while (!stop.IsCancellationRequested)
        {
            Interlocked.Add(ref _changes, await write(random));
        }
    }

    private async Task<int> EnqueueAsync(Random random) => (await jobs.PostAsync(stack.Http, random.Next(jobs.Count - LinesAtOnce), LinesAtOnce)).Count;

    /// <summary>One in a state that does not allow it is refused, and nothing changes.</summary>
    private async Task<int> ActAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await stack.Http.SendAsync(request);
        return response.IsSuccessStatusCode ? 1 : 0;
    }

    private async Task<int> CountAsync(string path, string json, string member) => (await stack.PostAsync(path, json)).GetProperty(member).GetInt32();
}
