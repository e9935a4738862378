namespace BatchWorker.Cli;

/// <summary>Drains once and follows what it claimed.</summary>
internal static class RunNow
{
    /// <summary>Answers 0, or 1 when a job failed.</summary>
    /// <param name="follow">Until every job has ended; otherwise until everything is submitted.</param>
    public static async Task<int> RunAsync(bool follow)
    {
        await using var daemon = await LocalDaemon.FindAsync();
        var run = (await daemon.Client.PostAsync("/batch/process/all", null)).GetProperty("run_id").GetString()!;
        var follower = new RunFollower(daemon.Client, run, TimeProvider.System);
        await RunView.Open().ShowAsync(follower.FollowAsync(follow, CancellationToken.None));
        var summary = await RunSummary.ReadAsync(daemon.Client, follower.Last, CancellationToken.None);
        SummaryTable.Print(summary);
        return summary.Failed > 0 || follower.Last.Status == "failed" ? 1 : 0;
    }
}
