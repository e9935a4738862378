using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Monitoring;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

/// <summary>What the endpoints of the books say.</summary>
internal sealed class BookTests(StoreKind kind) : ControlTest(kind)
{
    private static readonly string[] s_amounts = ["realtime_cost", "batch_cost", "saved", "saved_percent", "unpriced_jobs"];

    [Test]
    public async Task Savings_are_told_to_the_last_digit_in_all_and_by_type_provider_and_model()
    {
        await EndAsync(LedgerJobs.Chat, (30_000_001, 15_000_000));
        await EndAsync(LedgerJobs.Claude, (2_000_000, 1_000_000), null);
        var savings = await Host.GetAsync("/batch/savings");
        Assert.That(Names(savings), Is.EqualTo(s_amounts.Concat(["by_job_type", "by_provider", "by_model", "prices"])));
        Assert.That(savings.GetProperty("realtime_cost").GetRawText(), Is.EqualTo("0.000032000001"));
        Assert.That(savings.GetProperty("batch_cost").GetRawText(), Is.EqualTo("0.000016"));
        Assert.That(savings.GetProperty("saved").GetRawText(), Is.EqualTo("0.000016000001"));
        Assert.That(savings.GetProperty("unpriced_jobs").GetInt32(), Is.EqualTo(1));
        var claude = savings.GetProperty("by_model").GetProperty("claude-haiku-4-5");
        Assert.That(Names(claude), Is.EqualTo(s_amounts));
        Assert.That((claude.GetProperty("saved_percent").GetDecimal(), claude.GetProperty("unpriced_jobs").GetInt32()), Is.EqualTo((50m, 1)));
        Assert.That(Names(savings.GetProperty("by_provider")), Is.EquivalentTo(new[] { "openai", "anthropic" }));
        Assert.That(Names(savings.GetProperty("by_job_type")), Is.EquivalentTo(new[] { "creative_scoring", "training_data_prep" }));
    }

    [Test]
    public async Task Savings_name_the_listed_model_by_which_each_model_is_priced()
    {
        await EndAsync(LedgerJobs.Chat with { Model = "gpt-4o-2031-01-01" }, (4, 2));
        await EndAsync(LedgerJobs.Chat with { Model = "acme-1" }, null, null);
        var prices = (await Host.GetAsync("/batch/savings")).GetProperty("prices");
        Assert.That(prices.GetRawText(), Is.EqualTo(
            """[{"provider":"openai","model":"acme-1","priced_as":null,"source":null,"as_of":null,"unpriced_jobs":2},{"provider":"openai","model":"gpt-4o-2031-01-01","priced_as":"gpt-4o","source":"litellm","as_of":"2026-08","unpriced_jobs":0}]"""));
    }

    [Test]
    public async Task An_unknown_price_is_null_and_never_zero()
    {
        Assert.That((await Host.GetAsync("/batch/savings")).GetProperty("realtime_cost").GetDecimal(), Is.Zero, "nothing was bought");
        await EndAsync(LedgerJobs.Chat, null, null);
        foreach (var path in new[] { "/batch/savings", "/batch/report?days=1" })
        {
            var answer = await Host.GetAsync(path);
            var sums = answer.TryGetProperty("totals", out var totals) ? totals : answer;
            Assert.That(s_amounts[..3].Select(name => sums.GetProperty(name).ValueKind), Is.All.EqualTo(JsonValueKind.Null), path);
            Assert.That(sums.GetProperty("unpriced_jobs").GetInt32(), Is.EqualTo(2));
        }
    }

    [Test]
    public async Task Metrics_count_jobs_batches_and_tokens_and_give_the_key_figures()
    {
        await EndAsync(LedgerJobs.Chat, (4, 2), null);
        await Jobs.EnqueueAsync(3, LedgerJobs.Claude);
        var all = await Host.GetAsync("/batch/metrics");
        Assert.That(Names(all), Is.EqualTo(new[] { "jobs", "batches", "tokens", "kpis" }));
        Assert.That(all.GetProperty("jobs").GetRawText(), Is.EqualTo("""{"queued":3,"enqueued":5,"succeeded":2,"failed":0,"cancelled":0,"retried":0}"""));
        Assert.That(all.GetProperty("batches").GetRawText(), Is.EqualTo("""{"active":0,"submitted":1,"completed":1,"failed":0,"expired":0,"cancelled":0}"""));
        Assert.That(all.GetProperty("tokens").GetRawText(), Is.EqualTo("""{"input":20,"output":40,"cached":6}"""));
        var kpis = all.GetProperty("kpis");
        Assert.That(Names(kpis), Is.EqualTo(new[] { "cost_savings_percent", "batch_success_rate", "queue_to_completion_hours", "coverage_percent" }));
        Assert.That((kpis.GetProperty("cost_savings_percent").GetDecimal(), kpis.GetProperty("batch_success_rate").GetDecimal()), Is.EqualTo((50m, 100m)));
        Assert.That(kpis.GetProperty("queue_to_completion_hours").GetProperty("p95").GetDouble(), Is.EqualTo(2).Within(4.5).Percent);
        Assert.That(kpis.GetProperty("coverage_percent").ValueKind, Is.EqualTo(JsonValueKind.Null));

        var one = await Host.GetAsync("/batch/metrics?category=training_data_prep");
        Assert.That(one.GetProperty("jobs").GetRawText(), Does.StartWith("""{"queued":3,"enqueued":3,"succeeded":0"""));
        Assert.That(one.GetProperty("kpis").GetProperty("batch_success_rate").ValueKind, Is.EqualTo(JsonValueKind.Null));
        await Host.RefuseAsync("/batch/metrics?category=unknown", 422);
    }

    [Test]
    public async Task Coverage_is_known_from_reported_calls_of_the_last_thirty_days()
    {
        await Jobs.EnqueueAsync(3);
        var first = await Host.PostAsync("/batch/realtime-calls", 200, new { job_type = "creative_scoring", count = 4 });
        Assert.That(first.GetRawText(), Is.EqualTo("""{"job_type":"creative_scoring","date":"2026-11-23","count":4}"""));
        await Host.PostAsync("/batch/realtime-calls", 200, new { job_type = "creative_scoring", count = 5, date = "2026-10-25" });
        await Host.PostAsync("/batch/realtime-calls", 200, new { job_type = "creative_scoring", count = 1000, date = "2026-10-24" });
        await Host.PostAsync("/batch/realtime-calls", 200, new { job_type = "video_analysis", count = 3 });
        Assert.That(await CoverageAsync(""), Is.EqualTo(20m), "3 of 15");
        Assert.That(await CoverageAsync("?category=creative_scoring"), Is.EqualTo(25m));
        Assert.That(await CoverageAsync("?category=video_analysis"), Is.Zero);
        Assert.That(await CoverageAsync("?category=training_data_prep"), Is.Null);
    }

    [TestCase("""{"count":1}""", "/job_type")]
    [TestCase("""{"job_type":"creative_scoring"}""", "/count")]
    [TestCase("""{"job_type":"unknown","count":1}""", "/job_type")]
    [TestCase("""{"job_type":"creative_scoring","count":-1}""", "/count")]
    [TestCase("""{"job_type":"creative_scoring","count":1.5}""", "/count")]
    [TestCase("""{"job_type":"creative_scoring","count":1,"date":"yesterday"}""", "/date")]
    [TestCase("""{"job_type":"creative_scoring","count":1,"date":"2026-11-24"}""", "/date")]
    [TestCase("""{"job_type":"creative_scoring","count":1,"more":1}""", "/more")]
    public async Task Calls_that_make_no_sense_are_refused(string body, string pointer)
    {
        var problem = await Host.PostAsync("/batch/realtime-calls", 422, body);
        Assert.That(Text(problem.GetProperty("errors")[0], "pointer"), Is.EqualTo(pointer));
        Assert.That(await CoverageAsync(""), Is.Null, "a 4xx counts nothing");
    }

    [Test]
    public async Task The_report_has_every_day_and_counts_jobs_by_acceptance_and_the_rest_by_end()
    {
        await Jobs.EnqueueAsync(1, LedgerJobs.Claude);
        Host.Time.Advance(TimeSpan.FromDays(1));
        await EndAsync(LedgerJobs.Chat, (4_000_000_000_000, 2_000_000_000_000));
        var report = await Host.GetAsync("/batch/report?days=3");
        Assert.That((Text(report, "from"), Text(report, "to")), Is.EqualTo(("2026-11-22", "2026-11-24")));
        Assert.That(report.GetProperty("days").EnumerateArray().Select(day => day.GetRawText()), Is.EqualTo(new[]
        {
            """{"date":"2026-11-22","jobs":0,"succeeded":0,"failed":0,"batches":0,"realtime_cost":0,"batch_cost":0,"saved":0}""",
            """{"date":"2026-11-23","jobs":1,"succeeded":0,"failed":0,"batches":0,"realtime_cost":0,"batch_cost":0,"saved":0}""",
            """{"date":"2026-11-24","jobs":1,"succeeded":1,"failed":0,"batches":1,"realtime_cost":4,"batch_cost":2,"saved":2}""",
        }));
        Assert.That(report.GetProperty("totals").GetProperty("jobs").GetInt32(), Is.EqualTo(2));
        Assert.That(report.GetProperty("projection").GetProperty("saved_per_year").GetDecimal(), Is.EqualTo(720));
        Assert.That((await Host.GetAsync("/batch/report")).GetProperty("days").GetArrayLength(), Is.EqualTo(30));
    }

    [TestCase("csv", "text/csv", "date,jobs,")]
    [TestCase("html", "text/html", "<!DOCTYPE html>")]
    public async Task The_report_comes_in_other_forms(string format, string type, string begin)
    {
        using var response = await Host.SendAsync(HttpMethod.Get, $"/batch/report?days=2&format={format}");
        Assert.That((int)response.StatusCode, Is.EqualTo(200));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo(type));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.StartWith(begin));
    }

    [TestCase("days=0")]
    [TestCase("days=x")]
    [TestCase("days=4000")]
    [TestCase("format=pdf")]
    public Task A_report_that_there_is_not_is_refused(string query) => Host.RefuseAsync("/batch/report?" + query, 422);

    [Test]
    public async Task Alerts_are_shown_with_their_values()
    {
        Assert.That((await Host.GetAsync("/batch/alerts")).GetRawText(), Is.EqualTo("""{"active":[],"recent":[]}"""));
        await EndAsync(LedgerJobs.Chat, (3_000_000_000_000_000, 1_500_000_000_000_000));
        await Host.Get<AlertWatch>().RunOnceAsync();
        var alert = (await Host.GetAsync("/batch/alerts")).GetProperty("active")[0];
        Assert.That(Names(alert), Is.EqualTo(new[] { "id", "type", "severity", "message", "value", "threshold", "since", "ended_at" }));
        Assert.That((Text(alert, "type"), alert.GetProperty("value").GetDecimal(), alert.GetProperty("threshold").GetDecimal()), Is.EqualTo(("savings_milestone", 1500m, 1000m)));
    }

    [TestCase(null, "application/json"), TestCase("application/json", "application/json"), TestCase("*/*", "application/json"), TestCase("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"), TestCase("image/png", "application/problem+json")]
    public async Task The_dashboard_is_json_and_a_page_for_browsers(string? accept, string type)
    {
        await EndAsync(LedgerJobs.Chat, (4, 2));
        using var response = await Host.SendAsync(HttpMethod.Get, "/batch/dashboard", accept: accept);
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo(type));
        Assert.That((int)response.StatusCode, Is.EqualTo(type == "application/problem+json" ? 406 : 200));
        if (type == "application/json")
        {
            var dashboard = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            Assert.That(Names(dashboard), Is.EqualTo(new[] { "overview", "active_batches", "cost_savings", "queue_breakdown", "recent_activity" }));
            Assert.That(Text(dashboard.GetProperty("recent_activity")[0], "type"), Is.EqualTo("batch"));
        }
    }

    private async Task<decimal?> CoverageAsync(string query) =>
        (await Host.GetAsync("/batch/metrics" + query)).GetProperty("kpis").GetProperty("coverage_percent") is { ValueKind: JsonValueKind.Number } percent ? percent.GetDecimal() : null;

    /// <summary>One batch whose jobs succeed after two hours, each at the price given for it.</summary>
    private async Task EndAsync(Lane lane, params (long Realtime, long Batch)?[] prices)
    {
        await Jobs.EnqueueAsync(prices.Length, lane);
        var batch = await Jobs.SealAsync(lane);
        Host.Time.Advance(TimeSpan.FromHours(2));
        await Jobs.EndAsync(batch, i => Jobs.Succeeded(i) with { RealtimePico = prices[i]?.Realtime, BatchPico = prices[i]?.Batch });
    }
}
