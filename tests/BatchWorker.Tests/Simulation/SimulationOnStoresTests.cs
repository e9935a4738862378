using BatchWorker.Tests.Fixtures;
using BatchWorker.Tests.Simulation.Store;

namespace BatchWorker.Tests.Simulation;

/// <summary>The same histories with a real store beside the model: so that what the model says about scripts is what the stores do.</summary>
[Category("Long"), Explicit("Not in the change set: on a busy machine the embedded store was seen to answer later than the client waits.")]
internal sealed class SimulationOnStoresTests(StoreKind kind) : RedisFixture(kind)
{
    private const int Seeds = 50;

    [Test]
    public void A_real_store_says_in_every_history_what_the_model_says()
    {
        var report = new Report();
        long compared = 0;
        foreach (var seed in Enumerable.Range(0, Seeds))
        {
            var ns = NewNamespace();
            var twin = new RealTwin(Database, ns);
            using var history = new History(seed, fit: options => TestStore.Fit(options with { Namespace = ns }), twin: twin);
            report.Run(history);
            compared += twin.Compared;
        }
        TestContext.Out.WriteLine($"{report}, {compared} answers compared");
        Assert.That(report.Violations, Is.Empty);
    }
}
