using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Flow;

/// <summary>
/// Writes the small ledger that the tests of stored ledgers reads: jobs and batches in every state, with their results, as this version stores them.
/// Run it on the tree whose data is to be kept: this file, <see cref="StoredProvider"/> and <see cref="StoredKeys"/> fit every tree since 747ae67.
/// </summary>
[Explicit, Category("Long")]
internal sealed class StoredLedgerWriter
{
    private const string Namespace = "stored";
    private const int Jobs = 4;

    [Test]
    public async Task Write()
    {
        var path = Environment.GetEnvironmentVariable("STORED_LEDGER") ?? throw new AssertionException("STORED_LEDGER names the files.");
        await using var flow = await FlowHarness.StartAsync(Namespace, redisResults: 1 << 20);
        await EndedAsync(flow);
        await WithTheProviderAsync(flow);
        await QueuedAsync(flow);
        await StoredKeys.WriteAsync(await SharedRedis.ConnectionAsync(), Namespace, path + ".keys.ndjson");
        await StoredProvider.WriteAsync(flow.Provider, path + ".provider.json");
    }

    /// <summary>One batch that completed, with jobs that failed, were lost and go back; one without a price; one expired, one cancelled, one that was refused.</summary>
    private static async Task EndedAsync(FlowHarness flow)
    {
        var (ids, completed) = await SubmitAsync(flow, "gpt-4o", 6);
        completed.Lines[ids[0]] = Failed(completed.Lines[ids[0]], "invalid_value", retryable: false);
        completed.Lines[ids[1]] = Failed(completed.Lines[ids[1]], "server_error", retryable: true);
        completed.Lines.Remove(ids[2]);
        await EndAsync(flow, completed, ProviderPhase.Completed);
        await EndAsync(flow, (await SubmitAsync(flow, "acme-1")).Batch, ProviderPhase.Completed);
        var (late, expired) = await SubmitAsync(flow, "gpt-4o-mini");
        expired.Lines.Remove(late[0]);
        await EndAsync(flow, expired, ProviderPhase.Expired);
        var (_, cancelled) = await SubmitAsync(flow, "gpt-4.1");
        cancelled.Lines.Clear();
        await EndAsync(flow, cancelled, ProviderPhase.Cancelled);
        var (_, refused) = await SubmitAsync(flow, "gpt-4.1-mini");
        ModelProvider.Move(refused, ProviderPhase.Failed, new ProviderError(2, "invalid_request", "Line 2 is wrong."));
        await flow.PassAsync(TimeSpan.FromMinutes(2));
    }

    /// <summary>One that runs, one that was just submitted, one half settled, one in doubt that exists, one in doubt that does not, one that is filled.</summary>
    private static async Task WithTheProviderAsync(FlowHarness flow)
    {
        ModelProvider.Move((await SubmitAsync(flow, "gpt-5")).Batch, ProviderPhase.Running);
        await SubmitAsync(flow, "gpt-5-mini");
        var (_, half) = await SubmitAsync(flow, "gpt-5-nano");
        half.CutAfter = 2;
        ModelProvider.Move(half, ProviderPhase.Completed);
        await flow.PassAsync(TimeSpan.FromMinutes(1), steps: 1);
        flow.Provider.CreateFate = _ => (true, new CreateOutcome.Unknown("the answer was lost"));
        await SubmitAsync(flow, "o3");
        flow.Provider.CreateFate = _ => (false, null);
        await EnqueueAsync(flow, "o4-mini", Jobs);
        await flow.DrainAsync();
        await flow.StepAsync();
        await EnqueueAsync(flow, "gpt-4", Jobs);
        var ledger = flow.Get<BatchLedger>();
        var lane = (await flow.Get<Lanes>().NumberOfAsync(FlowHarness.Lane with { Model = "gpt-4" }))!.Value;
        var filled = await ledger.OpenAsync(await ledger.NextNumberAsync(), lane, runId: null);
        await flow.Get<JobClaims>().ClaimAsync(filled, await flow.Get<JobClaims>().PeekAsync(lane, double.NegativeInfinity, 2));
    }

    /// <summary>Jobs that wait: with a key, with metadata, for a day to come, with a deadline; one cancelled.</summary>
    private static async Task QueuedAsync(FlowHarness flow)
    {
        var now = flow.Time.GetUtcNow();
        var job = new NewJob { Lane = FlowHarness.Lane with { Model = "gpt-4-turbo" }, Priority = 7, MaxAttempts = 2, Data = Encoding.UTF8.GetBytes("""{"model":"gpt-4-turbo","messages":[]}""") };
        var ids = (await flow.Get<JobIntake>().EnqueueAsync(
            [
                job with { Idempotency = LedgerSteps.Mark("key-1"), Metadata = Encoding.UTF8.GetBytes("""{"tenant":"acme"}""") },
                job with { NotBefore = now.AddDays(1) },
                job with { Deadline = now.AddDays(2) },
                job,
            ],
            allOrNothing: true)).Jobs;
        await flow.Get<JobDesk>().CancelAsync(ids[3].Id!.Value);
    }

    /// <summary>Sends what waits; the batch is that of the new jobs.</summary>
    private static async Task<(IReadOnlyList<string> Ids, ModelBatch Batch)> SubmitAsync(FlowHarness flow, string model, int jobs = Jobs)
    {
        var ids = await EnqueueAsync(flow, model, jobs);
        await flow.DrainAsync();
        await flow.StepAsync();
        return (ids, flow.Provider.Batches.Single(batch => batch.CustomIds.Contains(ids[0])));
    }

    private static async Task<IReadOnlyList<string>> EnqueueAsync(FlowHarness flow, string model, int jobs) =>
        [.. (await flow.EnqueueAsync(jobs, model: model)).Select(id => id.ToString())];

    private static async Task EndAsync(FlowHarness flow, ModelBatch batch, ProviderPhase phase)
    {
        ModelProvider.Move(batch, phase);
        await flow.PassAsync(TimeSpan.FromMinutes(2));
    }

    private static ResultLine Failed(ResultLine line, string code, bool retryable) =>
        line with { Outcome = Outcome.Failed, Body = default, Error = new JobError(code, "It did not work.", retryable) };
}
