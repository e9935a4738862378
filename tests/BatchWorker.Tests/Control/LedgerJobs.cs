using System.Text;
using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using Microsoft.Extensions.DependencyInjection;

namespace BatchWorker.Tests.Control;

/// <summary>Brings jobs and batches into the states that tests ask about, with the ledger's own verbs.</summary>
internal sealed class LedgerJobs(IServiceProvider services)
{
    public static readonly Lane Chat = new(Provider.OpenAi, "/v1/chat/completions", "gpt-4o", "creative_scoring");
    public static readonly Lane Claude = new(Provider.Anthropic, "/v1/messages", "claude-haiku-4-5", "training_data_prep");

    public BatchLedger Batches => services.GetRequiredService<BatchLedger>();

    private LedgerStore Store => services.GetRequiredService<LedgerStore>();

    private JobClaims Claims => services.GetRequiredService<JobClaims>();

    public async Task<List<string>> EnqueueAsync(int count, Lane? lane = null, Func<NewJob, NewJob>? change = null)
    {
        var ids = new List<string>();
        for (var done = 0; done < count; done += JobIntake.MaxJobs)
        {
            var jobs = Enumerable.Range(done, Math.Min(JobIntake.MaxJobs, count - done)).Select(i => NewJob(lane ?? Chat, i)).Select(job => change?.Invoke(job) ?? job);
            var result = await services.GetRequiredService<JobIntake>().EnqueueAsync([.. jobs], allOrNothing: true);
            ids.AddRange(result.Jobs.Select(job => job.Id!.Value.ToString()));
        }
        return ids;
    }

    /// <summary>Everything that waits in a lane, in a sealed batch.</summary>
    public async Task<OwnedBatch> SealAsync(Lane lane, int most = 10_000)
    {
        var number = (await services.GetRequiredService<Lanes>().AllAsync()).Single(known => known.Value == lane).Key;
        var batch = await Batches.OpenAsync(await Batches.NextNumberAsync(), number, null);
        while (batch.Claimed < most && await Claims.PeekAsync(number, double.NegativeInfinity, Math.Min(RedisKeys.ChunkSize, most - batch.Claimed)) is { Count: > 0 } waiting)
        {
            batch = (await Claims.ClaimAsync(batch, waiting)).Batch!;
        }
        return (await Claims.SealAsync(batch))!;
    }

    public Task<OwnedBatch> DoubtAsync(OwnedBatch batch) => MoveAsync(batch, record => record with { State = BatchState.InDoubt });

    public Task<OwnedBatch> SubmitAsync(OwnedBatch batch) => MoveAsync(batch, record => record with
    {
        State = BatchState.Submitted,
        ProviderBatchId = "batch_abc",
        SubmittedAt = Store.Now,
        HasBegun = true,
    });

    /// <summary>The provider refused the create call.</summary>
    public Task<OwnedBatch> RefuseAsync(OwnedBatch batch) => MoveAsync(batch, record => record with
    {
        State = BatchState.Retrieving,
        Ending = new BatchEnding(BatchState.Failed, Leftover.Refused),
    });

    public async Task<OwnedBatch> RetrieveAsync(OwnedBatch batch) =>
        await MoveAsync(await SubmitAsync(batch), record => record with { State = BatchState.Retrieving });

    /// <summary>Settles every job of a submitted batch as the test says and ends it.</summary>
    public async Task<OwnedBatch> EndAsync(OwnedBatch batch, Func<int, OutcomeRecord> outcomeAt, BatchState state = BatchState.Completed, ReportedCounts? reported = null)
    {
        batch = await RetrieveAsync(batch);
        for (var from = 0; from < batch.Claimed; from += Settlements.MaxOutcomes)
        {
            var manifest = await Claims.ManifestAsync(batch.Number, from / RedisKeys.ChunkSize);
            var part = Enumerable.Range(from, Math.Min(Settlements.MaxOutcomes, batch.Claimed - from))
                .Select(i => new Settlement(i, manifest[i % RedisKeys.ChunkSize], outcomeAt(i) with { Settlement = batch.Settlements + 1, AtMs = Store.NowMs }));
            batch = (await services.GetRequiredService<Settlements>().SettleAsync(batch, [.. part]))!;
        }
        return await MoveAsync(batch, record => record with { State = state, CompletedAt = Store.Now, Reported = reported });
    }

    public Task<OwnedBatch> EndAsync(OwnedBatch batch) => EndAsync(batch, Succeeded);

    /// <summary>An answer <c>{"n":i}</c>, sixty-four to a frame, in the order of the batch.</summary>
    public OutcomeRecord Succeeded(int i) => new()
    {
        Outcome = Outcome.Succeeded,
        Counted = true,
        Usage = new Usage(10, 20, 3),
        Address = Keep(i / 64, i, $$"""{"n":{{i}}}""", null),
    };

    public async Task<int> CodeAsync(string code) => await services.GetRequiredService<ErrorCodes>().NumberOfAsync(code);

    public ResultAddress Keep(long frame, int i, string body, JobError? error) =>
        services.GetRequiredService<FrameSegments>().Add(1, frame, new ArchivedResult(i, Encoding.UTF8.GetBytes(body), error));

    private async Task<OwnedBatch> MoveAsync(OwnedBatch batch, Func<BatchRecord, BatchRecord> change) =>
        (await Batches.ChangeAsync(batch, change(batch.Record), Store.Now))!;

    private static NewJob NewJob(Lane lane, int i) => new()
    {
        Lane = lane,
        Priority = 5,
        MaxAttempts = 3,
        Data = Encoding.UTF8.GetBytes($$"""{"model":"{{lane.Model}}","n":{{i}}}"""),
        Metadata = """{"tenant":"acme"}"""u8.ToArray(),
    };
}
