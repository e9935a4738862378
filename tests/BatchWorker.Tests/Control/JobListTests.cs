using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

internal sealed class JobListTests(StoreKind kind) : ControlTest(kind)
{
    private static readonly string[] s_fields =
    [
        "job_id", "job_type", "provider", "model", "status", "waiting", "priority", "attempts", "batch_id", "created_at", "updated_at", "ended_at", "metadata",
    ];

    [Test]
    public async Task A_walk_shows_every_job_once_and_the_newest_first([Values(1000, 100, 37)] int limit)
    {
        var ids = await Jobs.EnqueueAsync(600);
        ids.Reverse();
        Assert.That(Texts(await WalkAsync("/batch/jobs", limit), "job_id"), Is.EqualTo(ids));
    }

    [Test]
    public async Task A_list_has_the_documented_fields_and_no_data()
    {
        await Jobs.EnqueueAsync(1);
        var job = (await WalkAsync("/batch/jobs", 10)).Single();
        Assert.That(Names(job), Is.EquivalentTo(s_fields));
        Assert.That(job.GetProperty("metadata").GetProperty("tenant").GetString(), Is.EqualTo("acme"));
        Assert.That(Text(job, "created_at"), Is.EqualTo("2026-11-23T12:00:00.000Z"));
    }

    [Test]
    public async Task The_default_page_holds_a_hundred()
    {
        await Jobs.EnqueueAsync(101);
        var page = await Host.GetAsync("/batch/jobs");
        Assert.That(page.GetProperty("items").GetArrayLength(), Is.EqualTo(100));
        Assert.That(page.GetProperty("next_cursor").GetString(), Is.Not.Null);
    }

    [Test]
    public async Task Filters_combine_with_and_and_take_comma_lists()
    {
        await Jobs.EnqueueAsync(4);
        await Jobs.EnqueueAsync(3, LedgerJobs.Claude);
        Assert.That(await CountAsync("provider=openai"), Is.EqualTo(4));
        Assert.That(await CountAsync("provider=openai,anthropic"), Is.EqualTo(7));
        Assert.That(await CountAsync("job_type=training_data_prep"), Is.EqualTo(3));
        Assert.That(await CountAsync("job_type=training_data_prep&provider=openai"), Is.Zero);
        Assert.That(await CountAsync("status=queued,failed&provider=anthropic"), Is.EqualTo(3));
        Assert.That(await CountAsync("status=succeeded"), Is.Zero);
    }

    [Test]
    public async Task A_status_filter_tells_batched_from_submitted()
    {
        await Jobs.EnqueueAsync(5);
        await Jobs.SealAsync(LedgerJobs.Chat);
        await Jobs.EnqueueAsync(3, LedgerJobs.Claude);
        await Jobs.SubmitAsync(await Jobs.SealAsync(LedgerJobs.Claude));
        Assert.That(await CountAsync("status=batched"), Is.EqualTo(5));
        Assert.That(await CountAsync("status=submitted"), Is.EqualTo(3));
        Assert.That(await CountAsync("status=batched,submitted"), Is.EqualTo(8));
        Assert.That(await CountAsync("status=queued"), Is.Zero);
    }

    [Test]
    public async Task A_batch_filter_finds_every_job_that_was_ever_in_it()
    {
        var ids = await Jobs.EnqueueAsync(1200);
        var batch = await Jobs.SealAsync(LedgerJobs.Chat, 1100);
        await Jobs.EndAsync(batch, i => i % 2 == 0
            ? Jobs.Succeeded(i)
            : new OutcomeRecord { Outcome = Outcome.Expired, Requeued = true, Retryable = true, Counted = true });
        var found = Texts(await WalkAsync("/batch/jobs?batch_id=" + batch.Record.Id, 333), "job_id");
        Assert.That(found, Is.EqualTo(Enumerable.Reverse(ids.Take(1100))));
        Assert.That(await CountAsync($"status=queued&batch_id={batch.Record.Id}"), Is.EqualTo(550));
    }

    [Test]
    public async Task A_rare_match_is_found_far_below_without_a_page_for_every_bucket()
    {
        var first = (await Jobs.EnqueueAsync(1, LedgerJobs.Claude)).Single();
        await Jobs.EnqueueAsync(3000);
        var page = await Host.GetAsync("/batch/jobs?provider=anthropic");
        Assert.That(page.GetProperty("items").EnumerateArray().Select(job => Text(job, "job_id")), Is.EqualTo(new[] { first }));
        Assert.That(page.GetProperty("next_cursor").GetString(), Is.Null);
    }

    [Test]
    public async Task Ndjson_streams_the_whole_list()
    {
        var ids = await Jobs.EnqueueAsync(1203);
        ids.Reverse();
        Assert.That(Texts(await StreamAsync("/batch/jobs"), "job_id"), Is.EqualTo(ids));
    }

    [Test]
    public async Task A_job_accepted_during_a_walk_changes_nothing_of_it()
    {
        var ids = await Jobs.EnqueueAsync(20);
        var page = await Host.GetAsync("/batch/jobs?limit=10");
        await Jobs.EnqueueAsync(20);
        var rest = await Host.GetAsync("/batch/jobs?limit=1000&cursor=" + Text(page, "next_cursor"));
        Assert.That(Texts(rest.GetProperty("items").EnumerateArray(), "job_id"), Is.EqualTo(Enumerable.Reverse(ids.Take(10))));
    }

    [TestCase("limit=0", "limit")]
    [TestCase("limit=1001", "limit")]
    [TestCase("limit=x", "limit")]
    [TestCase("limit=-1", "limit")]
    [TestCase("cursor=%00garbage", "cursor")]
    [TestCase("status=nope", "status")]
    [TestCase("status=queued,nope", "status")]
    [TestCase("provider=mistral", "provider")]
    [TestCase("batch_id=x", "batch_id")]
    public async Task A_bad_value_is_refused_by_the_name_of_its_parameter(string query, string name)
    {
        var problem = await Host.RefuseAsync("/batch/jobs?" + query, 422);
        Assert.That(problem.GetProperty("errors")[0].GetProperty("pointer").GetString(), Is.EqualTo("/" + name));
    }

    [Test]
    public async Task A_cursor_of_another_list_is_refused()
    {
        await Jobs.EnqueueAsync(3);
        var cursor = Text(await Host.GetAsync("/batch/jobs?limit=1"), "next_cursor");
        await Host.RefuseAsync("/batch/batches?cursor=" + cursor, 422);
    }

    private async Task<int> CountAsync(string query) => (await WalkAsync("/batch/jobs?" + query, 1000)).Count;
}
