namespace BatchWorker.Tests.Simulation;

/// <summary>The real engine in virtual time: every seed is a history of replicas, faults and crashes, and the oracles look after every step.</summary>
internal sealed class SimulationTests
{
    [Test]
    public void Whatever_goes_wrong_in_a_seed_no_promise_is_broken([Range(0, 8)] int seed)
    {
        using var history = new History(seed);
        history.Run();
        TestContext.Out.WriteLine($"seed {seed}: {history.Jobs} jobs, {history.Crashes} crashes, {history.Scheduler.Now} of virtual time");
    }
}
