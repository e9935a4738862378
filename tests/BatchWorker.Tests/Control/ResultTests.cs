using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

internal sealed class ResultTests(StoreKind kind) : ControlTest(kind)
{
    [Test]
    public async Task Results_come_in_the_order_of_the_batch([Values(10, 700)] int limit)
    {
        var ids = await Jobs.EnqueueAsync(1500);
        var batch = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        var results = await WalkAsync("/batch/results/" + batch.Record.Id, limit);
        Assert.That(Texts(results, "job_id"), Is.EqualTo(ids));
        Assert.That(results.Select(result => result.GetProperty("response").GetProperty("n").GetInt32()), Is.EqualTo(Enumerable.Range(0, 1500)));
    }

    [Test]
    public async Task A_result_has_the_documented_fields()
    {
        await Jobs.EnqueueAsync(1);
        var batch = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        var page = await Host.GetAsync("/batch/results/" + batch.Record.Id);
        Assert.That(Names(page), Is.EquivalentTo(new[] { "batch_id", "status", "results", "next_cursor" }));
        Assert.That(Names(page.GetProperty("results")[0]), Is.EquivalentTo(new[] { "job_id", "status", "requeued", "response", "error", "usage", "cost" }));
        Assert.That(Text(page, "status"), Is.EqualTo("completed"));
    }

    [Test]
    public async Task Ndjson_reads_each_frame_once_though_the_provider_answered_in_another_order()
    {
        await Jobs.EnqueueAsync(1000);
        var batch = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat), i => new OutcomeRecord
        {
            Outcome = Outcome.Succeeded,
            Counted = true,
            Address = Jobs.Keep(i % 16, i, $$"""{"n":{{i}}}""", null),
        });
        var results = await StreamAsync("/batch/results/" + batch.Record.Id);
        Assert.That(results.Select(result => result.GetProperty("response").GetProperty("n").GetInt32()), Is.EqualTo(Enumerable.Range(0, 1000)));
        Assert.That(Host.Get<FrameSegments>().FrameReads, Is.Unique.And.Count.EqualTo(16));
    }

    [Test]
    public async Task A_result_is_the_outcome_of_this_batch_whatever_became_of_the_job()
    {
        await Jobs.EnqueueAsync(2);
        var code = await Jobs.CodeAsync("server_error");
        var first = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat), i => i == 0
            ? new OutcomeRecord { Outcome = Outcome.Failed, Counted = true, Requeued = true, Retryable = true, Code = code }
            : new OutcomeRecord { Outcome = Outcome.Missing, Counted = true });
        await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        var results = await WalkAsync("/batch/results/" + first.Record.Id, 10);
        Assert.That(Texts(results, "status"), Is.EqualTo(new[] { "failed", "missing" }));
        Assert.That(results.Select(result => result.GetProperty("requeued").GetBoolean()), Is.EqualTo(new[] { true, false }));
        Assert.That(Texts(results.Select(result => result.GetProperty("error")), "code"), Is.EqualTo(new[] { "server_error", "missing" }));
        Assert.That(results[0].GetProperty("response").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task Results_are_refused_with_the_status_until_the_batch_has_ended()
    {
        await Jobs.EnqueueAsync(1);
        var batch = await Jobs.SubmitAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        var problem = await Host.RefuseAsync("/batch/results/" + batch.Record.Id, 409);
        Assert.That(Text(problem, "detail"), Does.Contain("submitted"));
    }

    [Test]
    public async Task A_page_of_large_answers_ends_early()
    {
        await Jobs.EnqueueAsync(5);
        var large = new string('x', 6 << 20);
        var batch = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat), i => new OutcomeRecord
        {
            Outcome = Outcome.Succeeded,
            Counted = true,
            Address = Jobs.Keep(i, i, $"\"{large}\"", null),
        });
        var page = await Host.GetAsync($"/batch/results/{batch.Record.Id}?limit=1000");
        Assert.That(page.GetProperty("results").GetArrayLength(), Is.EqualTo(3));
        Assert.That(await WalkAsync("/batch/results/" + batch.Record.Id, 1000), Has.Count.EqualTo(5));
    }

    [TestCase(10_000, TestName = "A_stream_that_fails_after_it_was_begun_is_cut_off")]
    [TestCase(10, TestName = "A_stream_that_fails_before_anything_was_sent_is_cut_off")]
    public async Task A_stream_that_fails_is_cut_off(int size)
    {
        await Jobs.EnqueueAsync(400);
        var text = new string('x', size);
        var batch = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat), i => new OutcomeRecord
        {
            Outcome = Outcome.Succeeded,
            Counted = true,
            Address = Jobs.Keep(i / 64, i, $"\"{text}\"", null),
        });
        Host.Get<FrameSegments>().FailAfter = 3;
        Assert.That(() => Host.SendAsync(HttpMethod.Get, "/batch/results/" + batch.Record.Id, accept: "application/x-ndjson"), Throws.InstanceOf<HttpRequestException>());
    }
}
