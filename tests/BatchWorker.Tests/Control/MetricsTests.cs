using BatchWorker.Lifecycle;
using BatchWorker.Monitoring;
using BatchWorker.Queue;
using BatchWorker.Telemetry;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

internal sealed class MetricsTests(StoreKind kind) : ControlTest(kind)
{
    [Test]
    public async Task Gauges_show_the_last_sample()
    {
        await Jobs.EnqueueAsync(4);
        await Jobs.EnqueueAsync(1, change: job => job with { NotBefore = ControlHost.Start.AddDays(1) });
        await Jobs.EnqueueAsync(1, LedgerJobs.Claude);
        await Jobs.DoubtAsync(await Jobs.SealAsync(LedgerJobs.Claude));
        await Host.Get<Switches>().ChangeAsync(Provider.Anthropic, known => known with { Paused = true });
        Host.Time.Advance(TimeSpan.FromSeconds(30));
        await Host.Get<QueueSampler>().RunOnceAsync();
        var lines = await ScrapeAsync();
        Assert.That(lines, Does.Contain("""batchworker_jobs_waiting{endpoint="/v1/chat/completions",job_type="creative_scoring",model="gpt-4o",provider="openai"} 5"""));
        Assert.That(lines, Does.Contain("batchworker_jobs_delayed 1"));
        Assert.That(lines, Does.Contain("batchworker_queue_oldest_age_seconds 30"));
        Assert.That(lines, Does.Contain("batchworker_batches_active 1"));
        Assert.That(lines, Does.Contain("batchworker_batches_in_doubt 1"));
        Assert.That(lines, Does.Contain("""batchworker_provider_blocked{provider="anthropic",reason="paused"} 1"""));
        Assert.That(lines, Does.Contain("""batchworker_provider_blocked{provider="openai",reason="paused"} 0"""));
        Assert.That(lines, Does.Contain("batchworker_store_up 1"));
    }

    [Test]
    public async Task Counters_have_the_names_that_alerts_use()
    {
        var instruments = Host.Get<Instruments>();
        instruments.JobsEnqueued(3, "openai", "creative_scoring");
        instruments.BatchEnded("openai", "completed");
        instruments.ProviderCalled("openai", "upload", "ok");
        instruments.Announce("openai");
        instruments.AnnounceInvariant(Invariants.Money);
        var lines = await ScrapeAsync();
        Assert.That(lines, Does.Contain("""batchworker_jobs_enqueued_total{job_type="creative_scoring",provider="openai"} 3"""));
        Assert.That(lines, Does.Contain("""batchworker_batches_ended_total{provider="openai",status="completed"} 1"""));
        Assert.That(lines, Does.Contain("""batchworker_provider_calls_total{operation="upload",outcome="ok",provider="openai"} 1"""));
        Assert.That(lines, Does.Contain("""batchworker_duplicate_batches_total{provider="openai"} 0"""));
        Assert.That(lines, Does.Contain("""batchworker_invariant_violations_total{invariant="money"} 0"""));
    }

    [Test]
    public async Task The_sampler_counts_and_logs_what_must_never_be()
    {
        await Jobs.EnqueueAsync(2);
        var sampler = Host.Get<InvariantSampler>();
        await sampler.RunOnceAsync();
        var store = Host.Get<LedgerStore>();
        await store.Database.ExecuteAsync("DEL", store.Keys.Waiting(1));
        await sampler.RunOnceAsync();
        Assert.That(await ScrapeAsync(), Does.Contain("""batchworker_invariant_violations_total{invariant="I1"} 2"""));
    }

    /// <summary>Samples with their labels in the order of the alphabet and without a time.</summary>
    private async Task<List<string>> ScrapeAsync()
    {
        using var response = await Host.SendAsync(HttpMethod.Get, "/metrics");
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("text/plain"));
        var text = await response.Content.ReadAsStringAsync();
        return [.. text.Split('\n').Where(line => !line.StartsWith('#')).Select(Normal)];
    }

    private static string Normal(string line)
    {
        var parts = line.Split(' ');
        var open = parts[0].IndexOf('{', StringComparison.Ordinal);
        if (open < 0 || parts.Length < 2)
        {
            return string.Join(' ', parts.Take(2));
        }
        var labels = string.Join(',', parts[0][(open + 1)..^1].Split(',').Order(StringComparer.Ordinal));
        return $"{parts[0][..open]}{(labels.Length == 0 ? "" : $"{{{labels}}}")} {parts[1]}";
    }
}
