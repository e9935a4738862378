using System.Runtime.CompilerServices;

namespace BatchWorker.Cli;

/// <summary>How far a run is.</summary>
/// <param name="Status">Of the run: running, submitted, partial or failed.</param>
/// <param name="Jobs">Claimed so far.</param>
/// <param name="Ended">Of these, jobs that have an outcome of their batch.</param>
/// <param name="Batches">The batches with their status.</param>
/// <param name="Held">What was left in the queue, and why.</param>
internal sealed record RunProgress(string Status, int Jobs, int Ended, IReadOnlyList<(string Id, string Status)> Batches, IReadOnlyList<string> Held)
{
    private static readonly string[] s_ends = ["completed", "failed", "expired", "cancelled"];

    public bool IsSubmitted => Status != "running";

    public bool HaveBatchesEnded => Batches.All(batch => s_ends.Contains(batch.Status));

    public int OpenBatches => Batches.Count(batch => !s_ends.Contains(batch.Status));
}

/// <summary>Looks at a run until it is over.</summary>
internal sealed class RunFollower(DaemonClient client, string run, TimeProvider time)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    /// <summary>What was seen last.</summary>
    public RunProgress Last { get; private set; } = new("running", 0, 0, [], []);

    /// <summary>A look every half second, until all is submitted, or until every claimed job has ended, those that were sent again included.</summary>
    public async IAsyncEnumerable<RunProgress> FollowAsync(bool toTheEnd, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            Last = await LookAsync();
            yield return Last;
            if (Last.IsSubmitted && (!toTheEnd || (Last.HaveBatchesEnded && !await IsAnyJobOpenAsync())))
            {
                yield break;
            }
            await Task.Delay(s_look, time, cancellationToken);
        }
    }

    /// <summary>One look.</summary>
    public async Task<RunProgress> LookAsync()
    {
        var seen = await client.GetAsync("/batch/runs/" + run);
        var batches = seen.GetProperty("batches").EnumerateArray().Select(batch => batch.GetProperty("batch_id").GetString()!).ToArray();
        var ended = 0;
        var shown = new List<(string, string)>();
        foreach (var id in batches)
        {
            var batch = await client.GetAsync("/batch/status/" + id);
            var counts = batch.GetProperty("counts").EnumerateObject().Where(count => count.Name != "pending");
            ended += counts.Sum(count => count.Value.GetInt32());
            shown.Add((id, batch.GetProperty("status").GetString()!));
        }
        var held = seen.GetProperty("held").EnumerateArray().Select(lane => $"{lane.GetProperty("jobs")} of {lane.GetProperty("lane").GetString()}: {lane.GetProperty("reason").GetString()}");
        return new RunProgress(seen.GetProperty("status").GetString()!, seen.GetProperty("jobs").GetInt32(), ended, shown, [.. held]);
    }

    private async Task<bool> IsAnyJobOpenAsync()
    {
        foreach (var (id, _) in Last.Batches)
        {
            var path = $"/batch/jobs?batch_id={id}&status=queued,batched,submitted&limit=1";
            for (string? cursor = ""; cursor is not null;)
            {
                var page = await client.GetAsync(path + (cursor.Length > 0 ? "&cursor=" + Uri.EscapeDataString(cursor) : ""));
                if (page.GetProperty("items").GetArrayLength() > 0)
                {
                    return true;
                }
                cursor = page.GetProperty("next_cursor").GetString();
            }
        }
        return false;
    }
}
