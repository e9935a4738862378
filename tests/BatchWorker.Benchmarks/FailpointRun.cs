namespace BatchWorker.Benchmarks;

/// <summary>Interrupts a daemon at a failpoint while it works on jobs for all providers, and compares the books when everything has ended.</summary>
internal sealed class FailpointRun(FailpointCase which, IReadOnlyList<WorkloadLine> lines)
{
    private const int PerProvider = 8;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_untilMet = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_beyondLease = TimeSpan.FromSeconds(Stack.LeaseSeconds + 2);
    private static readonly TimeSpan s_untilEnded = TimeSpan.FromMinutes(5);

    /// <summary>What went wrong; null when everything adds up.</summary>
    public async Task<string?> RunAsync()
    {
        using var stack = new Stack(which.Embedded, which.Replicas, which.HeldAt);
        try
        {
            var wrong = await RunAsync(stack);
            if (wrong is null)
            {
                stack.Dispose();
                stack.Delete();
            }
            return wrong is null ? null : $"{wrong}logs: {stack.Log("daemon")}";
        }
        catch (Exception failure) when (failure is InvalidOperationException or TimeoutException)
        {
            return $"{failure.Message} Logs: {stack.Log("daemon")}";
        }
    }

    private async Task<string?> RunAsync(Stack stack)
    {
        using var simulator = new Client(stack.SimulatorUrl);
        var work = Work();
        var posted = await BeginAsync(stack, simulator, work);
        var survivor = which is { Replicas: > 1 } ? stack.Replicas[1] : stack.Replicas[0];
        await InterruptAsync(stack);
        using var client = new Client(survivor.Url);
        await client.SendAsync(HttpMethod.Post, "/batch/process/all");
        await Completion.WaitAsync(client, survivor, s_untilEnded, output: null);
        var output = new StringWriter();
        var books = new Books(client, simulator, posted, output);
        await books.CheckAsync(work.Count);
        return books.Failures == 0 ? null : output.ToString();
    }

    private Workload Work()
    {
        if (which.ManyOfOne is { } many)
        {
            return new Workload([lines.First(line => line.Provider == which.Lead)], many);
        }
        var some = lines.GroupBy(line => line.Provider).SelectMany(of => of.Where(line => !line.IsShortForm).Take(PerProvider).Concat(of.Where(line => line.IsShortForm).Take(1)));
        return new Workload([.. some], 0);
    }

    /// <summary>Posts the jobs and drains those of the lead, so that it is its batch that meets the failpoint.</summary>
    private async Task<Posted> BeginAsync(Stack stack, Client simulator, Workload work)
    {
        using var client = new Client(stack.DaemonUrl);
        foreach (var replica in stack.Replicas)
        {
            using var other = new Client(replica.Url);
            await other.SendAsync(HttpMethod.Get, "/batch/scheduler");
        }
        if (which.Fault is { } fault)
        {
            await simulator.SendAsync(HttpMethod.Post, fault.Path, fault.Rule);
        }
        var posted = new Posted(work);
        await posted.PostAsync(client, "jobs", 0, work.Count);
        if (which.RollsBack)
        {
            stack.CopyRedis();
        }
        await client.SendAsync(HttpMethod.Post, "/batch/process", new { provider = which.Lead });
        return posted;
    }

    private async Task InterruptAsync(Stack stack)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!File.Exists(stack.Failpoint))
        {
            if (TimeProvider.System.GetElapsedTime(begun) > s_untilMet)
            {
                throw new TimeoutException("The failpoint was not met.");
            }
            await Task.Delay(s_look, TimeProvider.System);
        }
        switch (which.Signal)
        {
            case "KILL":
                stack.Daemon.Kill();
                File.Delete(stack.Failpoint);
                if (which.RollsBack)
                {
                    stack.RestoreRedis();
                }
                break;
            case "TERM":
                stack.Daemon.Send("TERM");
                File.Delete(stack.Failpoint);
                var code = await stack.Daemon.EndedAsync().WaitAsync(s_untilEnded);
                if (code != 0)
                {
                    throw new InvalidOperationException($"It ended with {code} after SIGTERM.");
                }
                break;
            default:
                stack.Daemon.Send("STOP");
                await Task.Delay(s_beyondLease, TimeProvider.System);
                File.Delete(stack.Failpoint);
                stack.Daemon.Send("CONT");
                return;
        }
        if (which.Replicas == 1 || which.RollsBack) // each replica has to put back what its journal holds
        {
            stack.Daemon.Start();
        }
    }
}
