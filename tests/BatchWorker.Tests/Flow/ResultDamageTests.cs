using BatchWorker.Lifecycle;
using BatchWorker.Simulator;
using BatchWorker.Simulator.Faults;
using BatchWorker.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Flow;

/// <summary>Damaged results, over real HTTP: a bad line costs its own job another attempt and nothing else.</summary>
internal sealed class ResultDamageTests(StoreKind kind) : EachStore(kind)
{
    private const int Jobs = 6;
    private static readonly DateTimeOffset s_start = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);

    /// <summary>Row of the fault, and how many answers it costs.</summary>
    private static readonly (LineDamage Damage, int Lost)[] s_damages =
    [
        (LineDamage.Truncate, 2), (LineDamage.Corrupt, 2), (LineDamage.Missing, 2), (LineDamage.UnknownId, 2), (LineDamage.InvalidUtf8, 2), (LineDamage.NotObject, 2),
        (LineDamage.Duplicate, 0), (LineDamage.Blank, 0),
    ];

    public static IEnumerable<TestCaseData> Damages() =>
        from name in ProviderNames.All
        from damage in s_damages
        select new TestCaseData(name, damage.Damage, damage.Lost);

    [TestCaseSource(nameof(Damages))]
    public async Task Every_job_is_answered_and_only_what_was_lost_is_paid_again(Provider name, LineDamage damage, int lost)
    {
        var time = new FakeTimeProvider(s_start);
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { PhaseSeconds = 1 }, time);
        simulator.Faults.Mutations.Add(new LineMutation { Kind = damage, Lines = 2, Count = 1 });
        await using var provider = SimulatedProviders.Connect(name, simulator);
        await using var flow = await FlowHarness.StartAsync(clock: time, other: provider.Only());
        var ids = await SimulatedProviders.EnqueueAsync(flow, name, Jobs);
        await flow.DrainAsync();
        for (var round = 0; round < 5; round++)
        {
            await flow.PassAsync(TimeSpan.FromMinutes(4), steps: 8);
            await flow.DrainAsync("carry_over");
        }

        var again = 0;
        foreach (var id in ids)
        {
            var job = await flow.JobAsync(id);
            Assert.That(job.View.State, Is.EqualTo(JobState.Succeeded));
            Assert.That(job.History.Where(line => line.Outcome != Outcome.Succeeded).Select(line => line.Outcome), Has.All.EqualTo(Outcome.Missing));
            again += job.View.Record.Attempts - 1;
        }
        Assert.That((again, simulator.Ledger.Summary().PaidItems), Is.EqualTo((lost, (long)Jobs + lost)));
    }
}
