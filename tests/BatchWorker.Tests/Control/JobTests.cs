using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

internal sealed class JobTests(StoreKind kind) : ControlTest(kind)
{
    private static readonly string[] s_fields =
    [
        "job_id", "job_type", "provider", "model", "status", "waiting", "priority", "attempts", "batch_id", "created_at", "updated_at", "ended_at", "metadata",
        "endpoint", "data", "data_removed", "response", "error", "usage", "cost", "history",
    ];

    [Test]
    public async Task A_new_job_has_every_field_and_null_for_what_is_not_known()
    {
        var job = await Host.GetAsync("/batch/jobs/" + await EnqueueOneAsync());
        Assert.That(Names(job), Is.EquivalentTo(s_fields));
        Assert.That(job.GetProperty("data").GetRawText(), Is.EqualTo("""{"model":"gpt-4o","n":0}"""));
        Assert.That(Text(job, "status"), Is.EqualTo("queued"));
        Assert.That(job.GetProperty("data_removed").GetBoolean(), Is.False);
        Assert.That(job.GetProperty("history").GetArrayLength(), Is.Zero);
        foreach (var name in new[] { "waiting", "batch_id", "ended_at", "response", "error", "usage" })
        {
            Assert.That(job.GetProperty(name).ValueKind, Is.EqualTo(JsonValueKind.Null), name);
        }
    }

    [TestCase("job_01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [TestCase("nonsense")]
    public async Task An_unknown_job_is_not_found(string id) => await Host.RefuseAsync("/batch/jobs/" + id, 404);

    [Test]
    public async Task A_succeeded_job_shows_the_answer_as_it_came_its_usage_and_its_history()
    {
        var id = await EnqueueOneAsync();
        var batch = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        var job = await Host.GetAsync("/batch/jobs/" + id);
        Assert.That(Text(job, "status"), Is.EqualTo("succeeded"));
        Assert.That(job.GetProperty("response").GetRawText(), Is.EqualTo("""{"n":0}"""));
        Assert.That(job.GetProperty("usage").GetRawText(), Is.EqualTo("""{"input_tokens":10,"output_tokens":20,"cached_tokens":3}"""));
        Assert.That(job.GetProperty("cost").GetRawText(), Is.EqualTo("""{"realtime":null,"batch":null,"saved":null}"""));
        Assert.That(job.GetProperty("history").GetRawText(), Is.EqualTo(
            $$"""[{"attempt":1,"batch_id":"{{batch.Record.Id}}","outcome":"succeeded","code":null,"at":"2026-11-23T12:00:00.000Z"}]"""));
        Assert.That(Text(job, "batch_id"), Is.EqualTo(batch.Record.Id));
        Assert.That(Text(job, "ended_at"), Is.EqualTo("2026-11-23T12:00:00.000Z"));
        Assert.That(job.GetProperty("data_removed").GetBoolean(), Is.True);
        Assert.That(job.GetProperty("data").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task A_known_price_is_shown_in_plain_decimals()
    {
        var id = await EnqueueOneAsync();
        await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat), i => Jobs.Succeeded(i) with { RealtimePico = 2_500_001, BatchPico = 1_250_000 });
        var job = await Host.GetAsync("/batch/jobs/" + id);
        Assert.That(job.GetProperty("cost").GetRawText(), Is.EqualTo("""{"realtime":0.000002500001,"batch":0.00000125,"saved":0.000001250001}"""));
    }

    [Test]
    public async Task A_failed_job_carries_the_providers_reason_and_keeps_its_data()
    {
        var id = await EnqueueOneAsync();
        var code = await Jobs.CodeAsync("content_filter");
        await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat), i => new OutcomeRecord
        {
            Outcome = Outcome.Failed,
            Counted = true,
            Code = code,
            Address = Jobs.Keep(0, i, "", new JobError("content_filter", "Not this one.", Retryable: false)),
        });
        var job = await Host.GetAsync("/batch/jobs/" + id);
        Assert.That(Text(job, "status"), Is.EqualTo("failed"));
        Assert.That(job.GetProperty("error").GetRawText(), Is.EqualTo("""{"code":"content_filter","message":"Not this one.","retryable":false}"""));
        Assert.That(job.GetProperty("usage").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(job.GetProperty("data").ValueKind, Is.EqualTo(JsonValueKind.Object));
        Assert.That(Text(job.GetProperty("history")[0], "code"), Is.EqualTo("content_filter"));
    }

    [Test]
    public async Task A_job_whose_deadline_passed_says_so()
    {
        var id = (await Jobs.EnqueueAsync(1, change: job => job with { Deadline = ControlHost.Start.AddMinutes(1) })).Single();
        Host.Time.Advance(TimeSpan.FromMinutes(2));
        await Host.Get<JobDesk>().EndOverdueAsync();
        var job = await Host.GetAsync("/batch/jobs/" + id);
        Assert.That(Text(job.GetProperty("error"), "code"), Is.EqualTo("deadline_passed"));
        Assert.That(job.GetProperty("batch_id").ValueKind, Is.EqualTo(JsonValueKind.Null));
        var problem = await Host.PostAsync($"/batch/jobs/{id}/retry", 409);
        Assert.That(Text(problem, "type"), Is.EqualTo("urn:batchworker:not_retryable"));
    }

    [Test]
    public async Task A_job_of_a_batch_in_doubt_stays_batched()
    {
        var id = await EnqueueOneAsync();
        await Jobs.DoubtAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        Assert.That(Text(await Host.GetAsync("/batch/jobs/" + id), "status"), Is.EqualTo("batched"));
    }

    [Test]
    public async Task Waiting_names_the_first_reason_that_applies()
    {
        var delayed = (await Jobs.EnqueueAsync(1, change: job => job with { NotBefore = ControlHost.Start.AddHours(1) })).Single();
        var path = "/batch/jobs/" + delayed;
        Assert.That(Text(await Host.GetAsync(path), "waiting"), Is.EqualTo("delayed"));
        await Host.Get<Switches>().ChangeAsync(Provider.OpenAi, known => known with { HoldUntil = ControlHost.Start.AddMinutes(5) });
        Assert.That(Text(await Host.GetAsync(path), "waiting"), Is.EqualTo("room"));
        await Host.PostAsync("/batch/providers/openai/pause", 200);
        Assert.That(Text(await Host.GetAsync(path), "waiting"), Is.EqualTo("provider_paused"));
    }

    [Test]
    public async Task A_job_that_came_back_waits_for_its_retry()
    {
        var id = await EnqueueOneAsync();
        await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat), _ => new OutcomeRecord
        {
            Outcome = Outcome.Expired, Counted = true, Requeued = true, Retryable = true, DueMs = ControlHost.Start.AddMinutes(1).ToUnixTimeMilliseconds(),
        });
        Assert.That(Text(await Host.GetAsync("/batch/jobs/" + id), "waiting"), Is.EqualTo("retry"));
    }

    [Test]
    public async Task A_queued_job_is_cancelled_and_a_second_cancel_changes_nothing()
    {
        var id = await EnqueueOneAsync();
        for (var i = 0; i < 2; i++)
        {
            var job = await Host.CallAsync(HttpMethod.Delete, "/batch/jobs/" + id, 200);
            Assert.That(Text(job, "job_id"), Is.EqualTo(id));
            Assert.That(Text(job, "status"), Is.EqualTo("cancelled"));
            Assert.That(Text(job, "ended_at"), Is.EqualTo("2026-11-23T12:00:00.000Z"));
        }
        Assert.That((await Host.GetAsync("/batch/queue/status")).GetProperty("total").GetInt32(), Is.Zero);
    }

    [Test]
    public async Task A_job_with_the_provider_is_neither_cancelled_nor_retried()
    {
        var id = await EnqueueOneAsync();
        await Jobs.SubmitAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        Assert.That(Text(await Host.CallAsync(HttpMethod.Delete, "/batch/jobs/" + id, 409), "type"), Is.EqualTo("urn:batchworker:with_provider"));
        Assert.That(Text(await Host.PostAsync($"/batch/jobs/{id}/retry", 409), "type"), Is.EqualTo("urn:batchworker:not_retryable"));
    }

    [Test]
    public async Task An_ended_job_is_not_cancelled_and_a_succeeded_one_not_retried()
    {
        var id = await EnqueueOneAsync();
        await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        Assert.That(Text(await Host.CallAsync(HttpMethod.Delete, "/batch/jobs/" + id, 409), "type"), Is.EqualTo("urn:batchworker:ended"));
        Assert.That(Text(await Host.PostAsync($"/batch/jobs/{id}/retry", 409), "type"), Is.EqualTo("urn:batchworker:not_retryable"));
    }

    [Test]
    public async Task A_retried_job_is_queued_with_no_attempts_and_its_history()
    {
        var id = await EnqueueOneAsync();
        await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat), _ => new OutcomeRecord { Outcome = Outcome.Failed, Counted = true });
        var job = await Host.PostAsync($"/batch/jobs/{id}/retry", 202);
        Assert.That(Text(job, "status"), Is.EqualTo("queued"));
        Assert.That(job.GetProperty("attempts").GetInt32(), Is.Zero);
        Assert.That(job.GetProperty("history").GetArrayLength(), Is.EqualTo(1));
        Assert.That(job.GetProperty("error").ValueKind, Is.EqualTo(JsonValueKind.Null));
        await Host.PostAsync($"/batch/jobs/{id}/retry", 409);
    }

    [Test]
    public async Task Actions_on_unknown_jobs_are_not_found()
    {
        await Host.CallAsync(HttpMethod.Delete, "/batch/jobs/job_01ARZ3NDEKTSV4RRFFQ69G5FAV", 404);
        await Host.PostAsync("/batch/jobs/job_01ARZ3NDEKTSV4RRFFQ69G5FAV/retry", 404);
    }

    [Test]
    public async Task A_wait_is_answered_when_the_time_is_over()
    {
        var id = await EnqueueOneAsync();
        var before = Host.Time.GetUtcNow();
        var job = await Host.PassTimeUntilAsync(Host.GetAsync($"/batch/jobs/{id}?wait=5"));
        Assert.That(Text(job, "status"), Is.EqualTo("queued"));
        Assert.That(Host.Time.GetUtcNow() - before, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public async Task A_wait_is_answered_when_the_job_ends()
    {
        var id = await EnqueueOneAsync();
        var waiting = Host.GetAsync($"/batch/jobs/{id}?wait=300");
        await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        Assert.That(Text(await Host.PassTimeUntilAsync(waiting), "status"), Is.EqualTo("succeeded"));
        Assert.That(Host.Time.GetUtcNow() - ControlHost.Start, Is.LessThan(TimeSpan.FromSeconds(300)));
    }

    [TestCase("x")]
    [TestCase("-1")]
    [TestCase("301")]
    public async Task A_bad_wait_is_refused(string wait) =>
        await Host.RefuseAsync($"/batch/jobs/{await EnqueueOneAsync()}?wait={wait}", 422);

    private async Task<string> EnqueueOneAsync() => (await Jobs.EnqueueAsync(1)).Single();
}
