using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

/// <summary>Queue status, providers, scheduler.</summary>
internal sealed class OperatorTests(StoreKind kind) : ControlTest(kind)
{
    [Test]
    public async Task Queue_status_counts_the_same_jobs_in_every_map()
    {
        await Jobs.EnqueueAsync(5, change: job => job with { Priority = 9 });
        await Jobs.EnqueueAsync(2, LedgerJobs.Claude, job => job with { Priority = 1 });
        await Jobs.EnqueueAsync(1, change: job => job with { NotBefore = ControlHost.Start.AddDays(1), Priority = 3 });
        Host.Time.Advance(TimeSpan.FromSeconds(90));
        var status = await Host.GetAsync("/batch/queue/status");
        Assert.That(status.GetProperty("total").GetInt32(), Is.EqualTo(8));
        Assert.That(status.GetProperty("delayed").GetInt32(), Is.EqualTo(1));
        Assert.That(status.GetProperty("dead").GetInt32(), Is.Zero);
        Assert.That(status.GetProperty("oldest_age_seconds").GetDouble(), Is.EqualTo(90));
        Assert.That(status.GetProperty("by_job_type").GetRawText(), Is.EqualTo("""{"creative_scoring":6,"training_data_prep":2}"""));
        Assert.That(status.GetProperty("by_provider").GetRawText(), Is.EqualTo("""{"openai":6,"anthropic":2}"""));
        Assert.That(status.GetProperty("by_priority").GetRawText(), Is.EqualTo("""{"1":2,"2":0,"3":1,"4":0,"5":0,"6":0,"7":0,"8":0,"9":5,"10":0}"""));
    }

    [Test]
    public async Task An_empty_queue_has_no_oldest_job()
    {
        var status = await Host.GetAsync("/batch/queue/status");
        Assert.That(status.GetProperty("oldest_age_seconds").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task Providers_are_listed_with_how_they_stand()
    {
        await Host.Get<Switches>().ChangeAsync(Provider.Anthropic, known => known with { UnauthorizedSince = ControlHost.Start, Since = ControlHost.Start, Detail = "invalid x-api-key" });
        var providers = (await Host.GetAsync("/batch/providers")).GetProperty("items");
        Assert.That(providers[0].GetRawText(), Is.EqualTo("""{"provider":"openai","status":"healthy","since":null,"detail":null}"""));
        Assert.That(providers[1].GetRawText(), Is.EqualTo("""{"provider":"anthropic","status":"unauthorized","since":"2026-11-23T12:00:00.000Z","detail":"invalid x-api-key"}"""));
        Assert.That(providers[2].GetRawText(), Is.EqualTo("""{"provider":"gemini","status":"unconfigured","since":null,"detail":null}"""));
    }

    [Test]
    public async Task A_pause_lasts_until_the_resume_which_probes_the_provider()
    {
        var paused = await Host.PostAsync("/batch/providers/openai/pause", 200);
        Assert.That(paused.GetRawText(), Is.EqualTo("""{"provider":"openai","status":"paused","since":"2026-11-23T12:00:00.000Z","detail":null}"""));
        Host.Time.Advance(TimeSpan.FromHours(1));
        Assert.That(Text(await Host.PostAsync("/batch/providers/openai/pause", 200), "since"), Is.EqualTo("2026-11-23T12:00:00.000Z"));
        Assert.That((await Host.Get<Switches>().ProviderAsync(Provider.OpenAi)).Paused, Is.True);
        Assert.That(Text(await Host.PostAsync("/batch/providers/openai/resume", 200), "status"), Is.EqualTo("healthy"));
        Assert.That(Host.Get<ProviderDesk>().Probes, Is.EqualTo(1));
    }

    [TestCase("pause")]
    [TestCase("resume")]
    public async Task An_unknown_provider_is_not_found(string action) => await Host.PostAsync("/batch/providers/mistral/" + action, 404);

    [Test]
    public async Task The_scheduler_is_stopped_for_all_and_started_again()
    {
        Assert.That((await Host.GetAsync("/batch/scheduler")).GetRawText(), Is.EqualTo(
            """{"state":"running","next_run_at":"2026-11-24T02:00:00.000Z","schedule":"0 0 2 * * ? UTC"}"""));
        Assert.That((await Host.PostAsync("/batch/scheduler/stop", 200)).GetRawText(), Is.EqualTo(
            """{"state":"stopped","next_run_at":null,"schedule":"0 0 2 * * ? UTC"}"""));
        Assert.That(await Host.Get<Switches>().IsSchedulerStoppedAsync(), Is.True);
        Assert.That(Text(await Host.PostAsync("/batch/scheduler/start", 200), "state"), Is.EqualTo("running"));
        Assert.That(await Host.Get<Switches>().IsSchedulerStoppedAsync(), Is.False);
    }

    [Test]
    public async Task A_drain_by_hand_works_while_the_scheduler_is_stopped()
    {
        await Host.PostAsync("/batch/scheduler/stop", 200);
        await Host.PostAsync("/batch/process/all", 202);
        Assert.That(Host.Get<DrainDesk>().Started, Has.Count.EqualTo(1));
    }
}
