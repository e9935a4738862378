using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Simulator;
using BatchWorker.Simulator.Faults;
using BatchWorker.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Flow;

/// <summary>Create calls that are answered with a complete 4xx: nothing was spent, and no job falls for another one.</summary>
internal sealed class RefusedCreateTests(StoreKind kind) : EachStore(kind)
{
    private const int Jobs = 8;

    [TestCase(Provider.OpenAi, 400), TestCase(Provider.OpenAi, 413), TestCase(Provider.OpenAi, 422)]
    [TestCase(Provider.Anthropic, 400), TestCase(Provider.Anthropic, 413)]
    [TestCase(Provider.Gemini, 400), TestCase(Provider.Gemini, 413)]
    public async Task The_jobs_are_sent_in_halves_and_all_are_answered(Provider name, int status)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 2, 0, 0, TimeSpan.Zero));
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { PhaseSeconds = 1 }, time);
        simulator.Faults.Http.Add(new HttpFault { Method = "POST", Path = "^/(v1/messages/)?batches$|:batchGenerateContent$", Count = 1, Action = new() { Type = HttpFaultKind.Status, Status = status } });
        await using var provider = SimulatedProviders.Connect(name, simulator);
        await using var flow = await FlowHarness.StartAsync(clock: time, other: provider.Only());
        var ids = await SimulatedProviders.EnqueueAsync(flow, name, Jobs);
        await flow.DrainAsync();
        for (var round = 0; round < 4; round++)
        {
            await flow.PassAsync(TimeSpan.FromMinutes(4), steps: 8);
            await flow.DrainAsync("carry_over");
        }

        foreach (var id in ids)
        {
            var job = await flow.JobAsync(id);
            Assert.That((job.View.State, job.View.Record.Attempts), Is.EqualTo((JobState.Succeeded, 1)));
        }
        Assert.That(simulator.Ledger.Batches.Select(batch => batch.Items), Is.EqualTo(new[] { Jobs / 2, Jobs / 2 }));
    }

    [Test]
    public async Task Spent_money_is_no_fault_of_a_job()
    {
        await using var flow = await FlowHarness.StartAsync();
        var refusal = FailureCodes.BlameInput(new ProviderFailure(FailureKind.Refused, "billing_hard_limit_reached", "Your limit is reached."));
        flow.Provider.CreateFate = call => call == 1 ? (false, new CreateOutcome.Rejected(refusal)) : (true, null);
        await flow.EnqueueAsync(2);
        await flow.DrainAsync();
        await flow.PassAsync(TimeSpan.FromMinutes(9), steps: 9);
        Assert.That(((await flow.BatchAsync(1)).State, flow.Provider.Creates), Is.EqualTo((BatchState.Submitting, 1)));
        await flow.PassAsync(TimeSpan.FromMinutes(2), steps: 4);
        Assert.That((await flow.BatchAsync(1)).State.IsWithProvider(), Is.True);
    }
}
