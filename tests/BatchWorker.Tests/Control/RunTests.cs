using System.Text.Json;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

internal sealed class RunTests(StoreKind kind) : ControlTest(kind)
{
    private static readonly string[] s_fields =
        ["run_id", "trigger", "filter", "status", "started_at", "ended_at", "jobs", "batches", "held", "error"];

    [TestCase("/batch/process")]
    [TestCase("/batch/process/all")]
    public async Task Without_wait_the_run_is_begun_and_named(string path)
    {
        using var response = await Host.SendAsync(HttpMethod.Post, path);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.That((int)response.StatusCode, Is.EqualTo(202));
        Assert.That(Names(answer), Is.EqualTo(new[] { "run_id", "status" }));
        Assert.That(Text(answer, "status"), Is.EqualTo("running"));
        Assert.That(response.Headers.Location?.ToString(), Is.EqualTo("/batch/runs/" + Text(answer, "run_id")));
    }

    [Test]
    public async Task The_filter_and_the_bound_are_handed_to_the_drain()
    {
        await Host.PostAsync("/batch/process", 202, new { job_type = "creative_scoring", provider = "openai", max_jobs = 7 });
        Assert.That(Host.Get<DrainDesk>().Started.Single().Filter, Is.EqualTo(new RunFilter("creative_scoring", "openai", 7)));
    }

    [Test]
    public async Task With_wait_the_run_is_answered_when_everything_claimed_is_submitted()
    {
        await Jobs.EnqueueAsync(4);
        var call = Host.PostAsync("/batch/process", 200, new { wait = true, wait_seconds = 3000 });
        var run = await StartedAsync();
        var batch = await Jobs.SubmitAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        await Host.Get<RunLedger>().SaveAsync(run with { Claimed = true, Jobs = 4, Batches = [batch.Record.Id], EndedAt = ControlHost.Start });
        var answer = await Host.PassTimeUntilAsync(call);
        Assert.That(Names(answer), Is.EquivalentTo(s_fields));
        Assert.That(Text(answer, "status"), Is.EqualTo("submitted"));
        Assert.That(answer.GetProperty("jobs").GetInt32(), Is.EqualTo(4));
        Assert.That(answer.GetProperty("batches")[0].GetRawText(), Is.EqualTo(
            $$"""{"batch_id":"{{batch.Record.Id}}","provider":"openai","job_type":"creative_scoring","model":"gpt-4o","job_count":4,"status":"submitted"}"""));
        Assert.That(Host.Time.GetUtcNow() - ControlHost.Start, Is.LessThan(TimeSpan.FromSeconds(3000)));
    }

    [Test]
    public async Task After_wait_seconds_the_run_so_far_is_answered()
    {
        var call = Host.PostAsync("/batch/process", 202, new { wait = true, wait_seconds = 2 });
        var run = await StartedAsync();
        await Jobs.EnqueueAsync(3);
        var batch = await Jobs.SealAsync(LedgerJobs.Chat);
        await Host.Get<RunLedger>().SaveAsync(run with { Jobs = 3, Claimed = true, Batches = [batch.Record.Id] });
        var answer = await Host.PassTimeUntilAsync(call);
        Assert.That(Text(answer, "status"), Is.EqualTo("running"));
        Assert.That(answer.GetProperty("jobs").GetInt32(), Is.EqualTo(3));
        Assert.That(answer.GetProperty("ended_at").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [TestCase("""{"max_jobs":0}""", "/max_jobs")]
    [TestCase("""{"max_jobs":"x"}""", "/max_jobs")]
    [TestCase("""{"max_jobs":1.5}""", "/max_jobs")]
    [TestCase("""{"provider":"nope"}""", "/provider")]
    [TestCase("""{"job_type":"Bad Type"}""", "/job_type")]
    [TestCase("""{"bogus":1}""", "/bogus")]
    [TestCase("""{"wait":"yes"}""", "/wait")]
    [TestCase("""{"wait":true,"wait_seconds":3601}""", "/wait_seconds")]
    [TestCase("""{"wait":true,"wait_seconds":-1}""", "/wait_seconds")]
    [TestCase("[]", "")]
    [TestCase("null", "")]
    public async Task A_bad_body_is_refused_with_a_pointer_and_starts_nothing(string body, string pointer)
    {
        var problem = await Host.PostAsync("/batch/process", 422, body);
        Assert.That(Text(problem.GetProperty("errors")[0], "pointer"), Is.EqualTo(pointer));
        Assert.That(Host.Get<DrainDesk>().Started, Is.Empty);
    }

    [TestCase("""{"wait":true,"wait":true}""")]
    [TestCase("{oops")]
    [TestCase("{} {}")]
    [TestCase("{\"wait\":")]
    public async Task A_body_that_is_not_strict_json_is_malformed(string body) => await Host.PostAsync("/batch/process", 400, body);

    [Test]
    public async Task A_drain_of_every_lane_takes_no_filter() =>
        await Host.PostAsync("/batch/process/all", 422, new { provider = "openai" });

    [Test]
    public async Task A_body_of_another_type_is_refused()
    {
        using var response = await Host.Client.PostAsync(new Uri("/batch/process", UriKind.Relative), new StringContent("a=1"));
        Assert.That((int)response.StatusCode, Is.EqualTo(415));
    }

    [Test]
    public async Task Runs_are_listed_newest_first()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Insert(0, Text(await Host.PostAsync("/batch/process/all", 202), "run_id")!);
        }
        Assert.That(Texts(await WalkAsync("/batch/runs", 2), "run_id"), Is.EqualTo(ids));
        Assert.That(Texts(await StreamAsync("/batch/runs"), "run_id"), Is.EqualTo(ids));
        Assert.That(Text(await Host.GetAsync("/batch/runs/" + ids[2]), "run_id"), Is.EqualTo(ids[2]));
    }

    [Test]
    public async Task A_batch_in_doubt_makes_the_run_partial()
    {
        await Jobs.EnqueueAsync(1);
        var batch = await Jobs.DoubtAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        var run = await Host.Get<RunLedger>().BeginAsync("schedule", new RunFilter());
        await Host.Get<RunLedger>().SaveAsync(run with
        {
            Claimed = true, Jobs = 1, Batches = [batch.Record.Id], EndedAt = ControlHost.Start, Held = [new HeldJobs("anthropic /v1/messages m t", 6, "provider_paused")],
        });
        var shown = await Host.GetAsync("/batch/runs/" + run.Id);
        Assert.That(Text(shown, "status"), Is.EqualTo("partial"));
        Assert.That(Text(shown, "trigger"), Is.EqualTo("schedule"));
        Assert.That(shown.GetProperty("held")[0].GetRawText(), Is.EqualTo("""{"lane":"anthropic /v1/messages m t","jobs":6,"reason":"provider_paused"}"""));
    }

    [Test]
    public async Task A_run_whose_batches_were_all_refused_failed()
    {
        await Jobs.EnqueueAsync(1);
        var batch = await Jobs.RefuseAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        var run = await Host.Get<RunLedger>().BeginAsync("schedule", new RunFilter());
        await Host.Get<RunLedger>().SaveAsync(run with { Claimed = true, Jobs = 1, Batches = [batch.Record.Id], EndedAt = ControlHost.Start });
        Assert.That(Text(await Host.GetAsync("/batch/runs/" + run.Id), "status"), Is.EqualTo("failed"));
    }

    [TestCase("run_01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [TestCase("x")]
    public async Task An_unknown_run_is_not_found(string id) => await Host.RefuseAsync("/batch/runs/" + id, 404);

    private async Task<RunRecord> StartedAsync()
    {
        var desk = Host.Get<DrainDesk>();
        while (desk.Started.Count == 0)
        {
            using var _ = await Host.SendAsync(HttpMethod.Get, "/health/live");
        }
        return desk.Started[0];
    }
}
