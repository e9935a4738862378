using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Tests.Flow;

/// <summary>The disk does not take the input of a batch: it is full, or no file can be opened.</summary>
internal sealed class SpoolTroubleTests
{
    [Test]
    public async Task What_can_not_be_spooled_waits_and_says_so_and_goes_when_the_disk_takes_it_paid_once()
    {
        await using var flow = await FlowHarness.StartAsync();
        await flow.EnqueueAsync(3);
        await flow.DrainAsync();
        var id = (await flow.BatchAsync(1)).Record.Id;
        Directory.CreateDirectory(flow.SpoolPath(id)); // where the file should be
        await flow.StepAsync();
        var waiting = await flow.BatchAsync(1);
        Assert.That((waiting.State, waiting.Record.Error!.Code, flow.Provider.Creates), Is.EqualTo((BatchState.Submitting, "spool_unavailable", 0)));

        Directory.Delete(flow.SpoolPath(id));
        await flow.PassAsync(TimeSpan.FromMinutes(1));
        var sent = await flow.BatchAsync(1);
        Assert.That((sent.State, sent.Record.Error, flow.Provider.Creates), Is.EqualTo((BatchState.Submitted, (BatchError?)null, 1)));
    }
}
