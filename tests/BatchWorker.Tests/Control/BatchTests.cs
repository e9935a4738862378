using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

internal sealed class BatchTests(StoreKind kind) : ControlTest(kind)
{
    private static readonly string[] s_fields =
    [
        "batch_id", "provider", "provider_batch_id", "job_type", "model", "endpoint", "status", "job_count", "counts",
        "created_at", "submitted_at", "completed_at", "cancel_requested_at", "age_hours", "error", "reported", "drift", "expires_at",
    ];

    [Test]
    public async Task A_batch_shows_where_it_is_and_counts_what_is_pending()
    {
        await Jobs.EnqueueAsync(25);
        var batch = await Jobs.SubmitAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        Host.Time.Advance(TimeSpan.FromMinutes(90));
        var shown = await Host.GetAsync("/batch/status/" + batch.Record.Id);
        Assert.That(Names(shown), Is.EquivalentTo(s_fields));
        Assert.That(Text(shown, "status"), Is.EqualTo("submitted"));
        Assert.That(shown.GetProperty("job_count").GetInt32(), Is.EqualTo(25));
        Assert.That(shown.GetProperty("counts").GetRawText(), Is.EqualTo("""{"succeeded":0,"failed":0,"expired":0,"cancelled":0,"missing":0,"pending":25}"""));
        Assert.That(shown.GetProperty("age_hours").GetDouble(), Is.EqualTo(1.5));
        Assert.That(shown.GetProperty("error").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task An_ended_batch_counts_its_outcomes()
    {
        await Jobs.EnqueueAsync(3);
        var batch = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        var shown = await Host.GetAsync("/batch/status/" + batch.Record.Id);
        Assert.That(Text(shown, "status"), Is.EqualTo("completed"));
        Assert.That(shown.GetProperty("counts").GetRawText(), Is.EqualTo("""{"succeeded":3,"failed":0,"expired":0,"cancelled":0,"missing":0,"pending":0}"""));
    }

    [Test]
    public async Task An_ended_batch_shows_what_its_provider_says_of_it_and_where_its_books_differ()
    {
        await Jobs.EnqueueAsync(3);
        var batch = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat), Jobs.Succeeded, reported: new ReportedCounts { Requests = 3, Succeeded = 3, InputTokens = 30, OutputTokens = 60 });
        var agreed = await Host.GetAsync("/batch/status/" + batch.Record.Id);
        Assert.That(agreed.GetProperty("reported").GetRawText(), Is.EqualTo("""{"requests":3,"succeeded":3,"input_tokens":30,"output_tokens":60,"cached_tokens":null}"""));
        Assert.That(agreed.GetProperty("drift").ValueKind, Is.EqualTo(JsonValueKind.Null));

        await Jobs.EnqueueAsync(2);
        batch = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat), Jobs.Succeeded, reported: new ReportedCounts { Requests = 2, Succeeded = 1, InputTokens = 21 });
        var drifts = await Host.GetAsync("/batch/status/" + batch.Record.Id);
        Assert.That(drifts.GetProperty("drift").GetRawText(), Is.EqualTo("""{"requests":0,"succeeded":1,"input_tokens":-1,"output_tokens":null,"cached_tokens":null}"""));
        Assert.That((await Host.GetAsync("/batch/report?days=1")).GetProperty("drifting_batches").GetInt32(), Is.EqualTo(1));
    }

    [TestCase("batch_01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [TestCase("x")]
    public async Task An_unknown_batch_is_not_found(string id)
    {
        await Host.RefuseAsync("/batch/status/" + id, 404);
        await Host.RefuseAsync("/batch/results/" + id, 404);
        await Host.PostAsync($"/batch/batches/{id}/cancel", 404);
        await Host.PostAsync($"/batch/batches/{id}/resolve", 404, new { absent = true });
    }

    [Test]
    public async Task Lists_are_newest_first_and_filtered()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            await Jobs.EnqueueAsync(1, i % 2 == 0 ? LedgerJobs.Chat : LedgerJobs.Claude);
            var batch = await Jobs.SealAsync(i % 2 == 0 ? LedgerJobs.Chat : LedgerJobs.Claude);
            ids.Insert(0, (i < 2 ? await Jobs.EndAsync(batch) : batch).Record.Id);
        }
        Assert.That(Texts(await WalkAsync("/batch/batches", 2), "batch_id"), Is.EqualTo(ids));
        Assert.That(Texts(await StreamAsync("/batch/batches"), "batch_id"), Is.EqualTo(ids));
        Assert.That(await WalkAsync("/batch/batches?active=true", 2), Has.Count.EqualTo(3));
        Assert.That(await WalkAsync("/batch/batches?active=false", 2), Has.Count.EqualTo(2));
        Assert.That(await WalkAsync("/batch/batches?status=completed,submitting&provider=anthropic", 2), Has.Count.EqualTo(2));
    }

    [TestCase("active=yes")]
    [TestCase("status=nope")]
    [TestCase("provider=mistral")]
    public async Task A_bad_filter_is_refused(string query) => await Host.RefuseAsync("/batch/batches?" + query, 422);

    [Test]
    public async Task A_cancellation_is_written_down_for_the_owner()
    {
        await Jobs.EnqueueAsync(1);
        var batch = await Jobs.SubmitAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        var shown = await Host.PostAsync($"/batch/batches/{batch.Record.Id}/cancel", 200);
        Assert.That(Text(shown, "cancel_requested_at"), Is.EqualTo("2026-11-23T12:00:00.000Z"));
        Host.Time.Advance(TimeSpan.FromMinutes(1));
        var again = await Host.PostAsync($"/batch/batches/{batch.Record.Id}/cancel", 200);
        Assert.That(Text(again, "cancel_requested_at"), Is.EqualTo("2026-11-23T12:00:00.000Z"));
    }

    [Test]
    public async Task A_batch_in_doubt_or_ended_is_not_cancelled()
    {
        await Jobs.EnqueueAsync(1);
        var doubtful = await Jobs.DoubtAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        Assert.That(Text(await Host.PostAsync($"/batch/batches/{doubtful.Record.Id}/cancel", 409), "type"), Is.EqualTo("urn:batchworker:in_doubt"));
        await Jobs.EnqueueAsync(1);
        var ended = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        Assert.That(Text(await Host.PostAsync($"/batch/batches/{ended.Record.Id}/cancel", 409), "detail"), Does.Contain("completed"));
    }

    [Test]
    public async Task A_batch_in_doubt_is_settled_by_an_id_that_the_provider_knows()
    {
        await Jobs.EnqueueAsync(1);
        var batch = await Jobs.DoubtAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        Host.Get<ProviderDesk>().Known.Add("batch_real");
        await Host.PostAsync($"/batch/batches/{batch.Record.Id}/resolve", 200, new { provider_batch_id = "batch_real" });
        Assert.That((await Jobs.Batches.ReadAsync(batch.Number))!.Resolution, Is.EqualTo("batch_real"));
    }

    [Test]
    public async Task An_id_that_the_provider_does_not_know_is_refused()
    {
        await Jobs.EnqueueAsync(1);
        var batch = await Jobs.DoubtAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        var problem = await Host.PostAsync($"/batch/batches/{batch.Record.Id}/resolve", 422, new { provider_batch_id = "batch_other" });
        Assert.That(Text(problem.GetProperty("errors")[0], "pointer"), Is.EqualTo("/provider_batch_id"));
        Assert.That((await Jobs.Batches.ReadAsync(batch.Number))!.Resolution, Is.Null);
    }

    [Test]
    public async Task A_batch_in_doubt_is_settled_as_absent()
    {
        await Jobs.EnqueueAsync(1);
        var batch = await Jobs.DoubtAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        await Host.PostAsync($"/batch/batches/{batch.Record.Id}/resolve", 200, new { absent = true });
        Assert.That((await Jobs.Batches.ReadAsync(batch.Number))!.Resolution, Is.Empty);
    }

    [TestCase("{}")]
    [TestCase("""{"absent":false}""")]
    [TestCase("""{"absent":true,"provider_batch_id":"x"}""")]
    [TestCase("""{"bogus":1}""")]
    [TestCase("""{"provider_batch_id":7}""")]
    public async Task A_resolution_says_exactly_one_thing(string body)
    {
        await Jobs.EnqueueAsync(1);
        var batch = await Jobs.DoubtAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        await Host.PostAsync($"/batch/batches/{batch.Record.Id}/resolve", 422, body);
    }

    [Test]
    public async Task Only_a_batch_in_doubt_is_settled_by_hand()
    {
        await Jobs.EnqueueAsync(1);
        var batch = await Jobs.SubmitAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        Assert.That(batch.State, Is.EqualTo(BatchState.Submitted));
        await Host.PostAsync($"/batch/batches/{batch.Record.Id}/resolve", 409, new { absent = true });
    }
}
