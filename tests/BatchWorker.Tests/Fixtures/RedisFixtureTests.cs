using BatchWorker.Queue;

namespace BatchWorker.Tests.Fixtures;

internal sealed class RedisFixtureTests(StoreKind kind) : RedisFixture(kind)
{
    [Test]
    public async Task A_job_that_was_enqueued_is_found_under_its_id()
    {
        var ledger = NewLedger();
        var job = new NewJob { Lane = LedgerHarness.Chat, Priority = 5, Data = "{}"u8.ToArray(), MaxAttempts = 3 };
        var result = await ledger.Intake.EnqueueAsync([job], allOrNothing: true);
        var detail = await ledger.Queries.FindAsync(result.Jobs[0].Id!.Value);
        Assert.That(detail!.View.Lane, Is.EqualTo(LedgerHarness.Chat));
    }
}
