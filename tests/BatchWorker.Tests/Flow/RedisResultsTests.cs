using System.Text;
using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Tests.Flow;

/// <summary>The whole flow with results in Redis.</summary>
internal sealed class RedisResultsTests
{
    [Test]
    public async Task Answers_are_stored_in_redis_and_read_back()
    {
        await using var flow = await FlowHarness.StartAsync(redisResults: 1 << 20);
        var ids = await flow.EnqueueAsync(3);
        await EndAsync(flow);
        var job = await flow.JobAsync(ids[1]);
        var stored = await flow.Get<ISegmentStore>().ReadAsync(job.Outcome!.Address!.Value, CancellationToken.None);
        Assert.That(Encoding.UTF8.GetString(stored!.Body.Span), Is.EqualTo("""{"echo":{"n":1}}"""));
    }

    [Test]
    public async Task At_the_cap_a_retrieval_waits_and_goes_on_when_there_is_room()
    {
        await using var flow = await FlowHarness.StartAsync(redisResults: 20); // less than a frame of three answers
        var ids = await flow.EnqueueAsync(3);
        await EndAsync(flow);
        var waiting = await flow.BatchAsync(1);
        Assert.That((waiting.State, waiting.Record.Error?.Code, waiting.Record.Failures), Is.EqualTo((BatchState.Retrieving, "result_store_full", 0)));
        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Submitted));
        Assert.That(waiting.Totals.Settled, Is.Zero);

        await using var roomy = await FlowHarness.StartAsync(flow.Get<LedgerStore>().Options.Namespace, flow.Time, flow.Provider, redisResults: 1 << 20);
        await roomy.PassAsync(TimeSpan.FromMinutes(2));
        var ended = await roomy.BatchAsync(1);
        Assert.That((ended.State, ended.Totals.Succeeded), Is.EqualTo((BatchState.Completed, 3)));
    }

    private static async Task EndAsync(FlowHarness flow)
    {
        await flow.DrainAsync();
        await flow.StepAsync();
        ModelProvider.Move(flow.Provider.Batches[0], ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(1));
    }
}
