using System.Text;
using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Flow;

internal sealed class BatchLifeTests(StoreKind kind) : EachStore(kind)
{
    [Test]
    public async Task Every_job_gets_the_answer_to_its_own_request()
    {
        await using var flow = await FlowHarness.StartAsync();
        var ids = await flow.EnqueueAsync(5);

        var run = await flow.DrainAsync();
        await flow.StepAsync();
        Assert.That(run.Jobs, Is.EqualTo(5));
        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Submitted));

        ModelProvider.Move(flow.Provider.Batches[0], ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(1));

        for (var i = 0; i < ids.Count; i++)
        {
            var job = await flow.JobAsync(ids[i]);
            Assert.That(job.View.State, Is.EqualTo(JobState.Succeeded));
            var stored = await flow.Get<ISegmentStore>().ReadAsync(job.Outcome!.Address!.Value, CancellationToken.None);
            Assert.That(Encoding.UTF8.GetString(stored!.Body.Span), Is.EqualTo($"{{\"echo\":{FlowHarness.RequestOf(i)}}}"));
            Assert.That(job.History, Has.Count.EqualTo(1));
        }
        var batch = await flow.Get<BatchLedger>().ReadAsync(1);
        Assert.That(batch!.State, Is.EqualTo(BatchState.Completed));
        Assert.That(batch.Totals.Succeeded, Is.EqualTo(5));
        Assert.That(batch.Totals.InputTokens, Is.EqualTo(50));
        Assert.That(flow.Provider.Creates, Is.EqualTo(1));
    }
    [Test]
    public async Task No_job_has_succeeded_before_its_answer_is_stored()
    {
        var segments = new MemorySegments { Fails = true };
        await using var flow = await FlowHarness.StartAsync(segments: segments);
        var ids = await flow.EnqueueAsync(2);
        await flow.DrainAsync();
        await flow.StepAsync();
        ModelProvider.Move(flow.Provider.Batches[0], ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(2));
        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Submitted));

        segments.Fails = false;
        await flow.PassAsync(TimeSpan.FromMinutes(2));
        Assert.That((await flow.JobAsync(ids[0])).View.State, Is.EqualTo(JobState.Succeeded));
    }
}
