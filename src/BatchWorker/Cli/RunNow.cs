namespace BatchWorker.Cli;

/// <summary>Drains once and follows what it claimed.</summary>
internal static class RunNow
{
    /// <summary>Answers 0, or 1 when a job failed.</summary>
    /// <param name="follow">Until every job has ended; otherwise until everything is submitted.</param>
    public static async Task<int> RunAsync(bool follow)
    {
        await using var daemon = await LocalDaemon.FindAsync();
        using var stop = new CancellationTokenSource();
        using var view = RunView.Open();
        var run = (await daemon.Client.PostAsync("/batch/process/all", null)).GetProperty("run_id").GetString()!;
        var follower = new RunFollower(daemon.Client, run, TimeProvider.System);
        await view.ShowAsync(follower.FollowAsync(follow, stop.Token));
        var summary = await RunSummary.ReadAsync(daemon.Client, follower.Last, stop.Token);
        SummaryTable.Print(summary);
        return summary.Failed > 0 || follower.Last.Status == "failed" ? 1 : 0;
    }
}
