using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

internal sealed class HealthTests(StoreKind kind) : ControlTest(kind)
{
    [Test]
    public async Task Health_names_every_check()
    {
        var health = await Host.GetAsync("/batch/health");
        Assert.That(Text(health, "status"), Is.EqualTo("healthy"));
        Assert.That(Text(health, "version"), Does.Match(@"^\d+\.\d+\.\d+"));
        Assert.That(Names(health.GetProperty("checks")), Is.EqualTo(new[] { "redis", "scheduler", "openai", "anthropic", "gemini", "disk" }));
        Assert.That(Text(health.GetProperty("checks").GetProperty("gemini"), "status"), Is.EqualTo("unconfigured"));
    }

    [Test]
    public async Task A_provider_that_refuses_our_key_degrades()
    {
        await Host.Get<Switches>().ChangeAsync(Provider.OpenAi, known => known with { UnauthorizedSince = ControlHost.Start });
        Assert.That(Text(await Host.GetAsync("/batch/health"), "status"), Is.EqualTo("degraded"));
        await ProbeAsync("/health/ready");
    }

    [Test]
    public async Task The_picture_is_kept_for_a_moment()
    {
        Assert.That(Text(await Host.GetAsync("/batch/health"), "status"), Is.EqualTo("healthy"));
        await Host.Get<Switches>().ChangeAsync(Provider.OpenAi, known => known with { UnavailableSince = ControlHost.Start });
        Assert.That(Text(await Host.GetAsync("/batch/health"), "status"), Is.EqualTo("healthy"));
        Host.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(Text(await Host.GetAsync("/batch/health"), "status"), Is.EqualTo("degraded"));
    }

    [Test]
    public async Task A_stopped_scheduler_is_shown_and_stays_ready()
    {
        await Host.PostAsync("/batch/scheduler/stop", 200);
        Assert.That(Text((await Host.GetAsync("/batch/health")).GetProperty("checks").GetProperty("scheduler"), "status"), Is.EqualTo("stopped"));
        await ProbeAsync("/health/ready");
    }

    private async Task ProbeAsync(string path)
    {
        using var response = await Host.SendAsync(HttpMethod.Get, path);
        Assert.That((int)response.StatusCode, Is.EqualTo(200));
    }
}
