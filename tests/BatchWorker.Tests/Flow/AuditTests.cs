using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Flow;

/// <summary>The ledger is verified again and again while all rooms work on it.</summary>
internal sealed class AuditTests(StoreKind kind) : EachStore(kind)
{
    private const int Rounds = 8;

    [Test]
    public async Task A_busy_ledger_is_never_found_wrong_and_in_the_end_everything_adds_up()
    {
        await using var flow = await FlowHarness.StartAsync();
        var audit = flow.Get<LedgerAudit>();
        var working = Task.Run(() => WorkAsync(flow));
        var (found, verified) = (new List<Violation>(), 0);
        do
        {
            found.AddRange(await VerifyAsync(audit, new AuditSummary()));
            verified++;
        }
        while (!working.IsCompleted);
        await working;
        Assert.That(found, Is.Empty);
        Assert.That(verified, Is.GreaterThan(1));

        var summary = new AuditSummary();
        Assert.That(await VerifyAsync(audit, summary), Is.Empty);
        Assert.That(summary.Busy, Is.Zero);
        Assert.That(summary.Jobs.Keys, Is.SupersetOf(new[] { JobState.Succeeded, JobState.Failed, JobState.Cancelled }));
        Assert.That(summary.Jobs.Values.Sum(), Is.EqualTo(Rounds * 40));
    }

    /// <summary>Each round some answers are lost, some jobs cancelled and some queued again.</summary>
    private static async Task WorkAsync(FlowHarness flow)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var ids = await flow.EnqueueAsync(40, maxAttempts: 2);
            await flow.Get<JobDesk>().CancelAsync(ids[0]);
            await flow.Get<JobDesk>().CancelAsync(ids[1]);
            await flow.DrainAsync();
            await flow.Get<JobDesk>().RetryAsync(ids[1]);
            await flow.StepAsync();
            foreach (var batch in flow.Provider.Batches.Where(batch => batch.Seen.Phase != ProviderPhase.Completed))
            {
                foreach (var lost in batch.CustomIds.Where((_, i) => i % 7 == round % 7))
                {
                    batch.Lines.Remove(lost);
                }
                ModelProvider.Move(batch, ProviderPhase.Completed);
            }
            await flow.PassAsync(TimeSpan.FromMinutes(3));
        }
    }

    private static async Task<List<Violation>> VerifyAsync(LedgerAudit audit, AuditSummary summary)
    {
        var found = new List<Violation>();
        await foreach (var violation in audit.VerifyAsync(summary))
        {
            found.Add(violation);
        }
        return found;
    }
}
