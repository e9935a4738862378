using System.Text;
using System.Text.Json;
using BatchWorker.Monitoring;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

/// <summary>What callers see of budgets and plans.</summary>
internal sealed class BudgetTests(StoreKind kind) : ControlTest(kind)
{
    /// <summary>Three jobs of eight tokens and 20 of output: 10,000,000 and 100,000,000 pico-USD.</summary>
    private const decimal Cap = 0.00033m;
    private static readonly string[] s_plan = ["dry_run", "filter", "complete", "jobs", "cost", "unpriced_jobs", "batches", "held"];

    protected override Task<ControlHost> StartAsync() => ControlHost.StartAsync(configure: options => options with
    {
        CostKeys = ["tenant"],
        Budgets = [new Budget(Cap * 1_000_000_000_000m, BudgetPeriod.Day, "tenant", Budget.Each), new Budget(1_000_000_000_000_000m, BudgetPeriod.Month)],
    });

    [Test]
    public async Task A_dry_run_says_what_would_be_sent_and_begins_nothing()
    {
        await EnqueueAsync(4, "acme");
        await EnqueueAsync(1, "other");
        var plan = await Host.PostAsync("/batch/process", 200, new { job_type = "creative_scoring", dry_run = true, wait = true });
        Assert.That(Names(plan), Is.EqualTo(s_plan));
        Assert.That((plan.GetProperty("dry_run").GetBoolean(), plan.GetProperty("complete").GetBoolean(), plan.GetProperty("jobs").GetInt32()), Is.EqualTo((true, true, 4)));
        Assert.That(plan.GetProperty("batches")[0].GetRawText(), Is.EqualTo(
            """{"provider":"openai","endpoint":"/v1/chat/completions","model":"gpt-4o","job_type":"creative_scoring","job_count":4,"bytes":BYTES,"input_tokens":32,"exact_jobs":4,"output_tokens":{"low":0,"expected":80,"high":80},"cost":{"low":0.00004,"expected":0.00044,"high":0.00044},"unpriced_jobs":0}"""
                .Replace("BYTES", (4 * (Request.Length + 40)).ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)));
        Assert.That(plan.GetProperty("held").GetRawText(), Is.EqualTo("""[{"lane":"openai /v1/chat/completions gpt-4o creative_scoring","jobs":1,"reason":"budget"}]"""));
        Assert.That(Host.Get<DrainDesk>().Started, Is.Empty);
        Assert.That((await Host.GetAsync("/batch/runs")).GetProperty("items").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task A_dry_run_of_nothing_costs_nothing()
    {
        var plan = await Host.PostAsync("/batch/process/all", 200, new { dry_run = true });
        Assert.That((plan.GetProperty("jobs").GetInt32(), plan.GetProperty("cost").GetRawText()), Is.EqualTo((0, """{"low":0,"expected":0,"high":0}""")));
        await Host.PostAsync("/batch/process/all", 422, """{"dry_run":1}""");
    }

    [Test]
    public async Task A_job_that_no_budget_reaches_for_waits_for_it()
    {
        var acme = await EnqueueAsync(4, "acme");
        var other = await EnqueueAsync(1, "other");
        await NoteAsync("acme");
        Assert.That(Text(await Host.GetAsync("/batch/jobs/" + acme[0]), "waiting"), Is.EqualTo("budget"));
        Assert.That(Text(await Host.GetAsync("/batch/jobs/" + other[0]), "waiting"), Is.Null);
        Assert.That(Texts(await WalkAsync("/batch/jobs", 10), "waiting").Count(reason => reason == "budget"), Is.EqualTo(4));
        Host.Time.Advance(TimeSpan.FromDays(1));
        Assert.That(Text(await Host.GetAsync("/batch/jobs/" + acme[0]), "waiting"), Is.Null);
    }

    [Test]
    public async Task Of_a_paused_provider_the_pause_is_told_first()
    {
        var acme = await EnqueueAsync(1, "acme");
        await NoteAsync("acme");
        await Host.PostAsync("/batch/providers/openai/pause", 200);
        Assert.That(Text(await Host.GetAsync("/batch/jobs/" + acme[0]), "waiting"), Is.EqualTo("provider_paused"));
    }

    [Test]
    public async Task Budgets_are_shown_with_what_is_used_of_them()
    {
        await EnqueueAsync(4, "acme");
        await NoteAsync("acme");
        var lane = (await Host.Get<Lanes>().AllAsync()).Single().Key;
        var jobs = await Host.Get<JobClaims>().PeekAsync(lane, double.NegativeInfinity, 3);
        var batch = await Host.Get<BatchLedger>().OpenAsync(await Host.Get<BatchLedger>().NextNumberAsync(), lane, null);
        await Host.Get<JobClaims>().ClaimAsync(batch, jobs, LedgerSteps.TermsOf(jobs, 110_000_000));
        var budgets = (await Host.GetAsync("/batch/budgets")).GetProperty("items");
        Assert.That(budgets.EnumerateArray().Select(budget => budget.GetRawText()), Is.EqualTo(new[]
        {
            """{"budget":"0.00033/day tenant=*","period":"day","key":"tenant","value":"acme","cap":0.00033,"spent":0,"reserved":0.00033,"holds":true}""",
            """{"budget":"1000/month","period":"month","key":null,"value":null,"cap":1000,"spent":0,"reserved":0.00033,"holds":false}""",
        }));
    }

    [Test]
    public async Task Gauges_show_each_cap_and_the_value_that_used_the_most_of_it()
    {
        await EnqueueAsync(2, "acme");
        var lane = (await Host.Get<Lanes>().AllAsync()).Single().Key;
        var jobs = await Host.Get<JobClaims>().PeekAsync(lane, double.NegativeInfinity, 2);
        var batch = await Host.Get<BatchLedger>().OpenAsync(await Host.Get<BatchLedger>().NextNumberAsync(), lane, null);
        await Host.Get<JobClaims>().ClaimAsync(batch, jobs, LedgerSteps.TermsOf(jobs, 125_000_000));
        await Host.Get<QueueSampler>().RunOnceAsync();
        var lines = (await Host.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Split('\n').Where(line => line.Contains("budget", StringComparison.Ordinal)).ToArray();
        Assert.That(string.Join('\n', lines), Does.Contain("""batchworker_budget_cap_USD{budget="month"} 1000""").And.Contain("""batchworker_budget_used_USD{budget="day tenant=*"} 0.00025"""));
    }

    private const string Request = """{"model":"gpt-4o","messages":[{"role":"user","content":"hello"}],"max_tokens":20}""";

    private Task<List<string>> EnqueueAsync(int count, string tenant) => Jobs.EnqueueAsync(count, change: job => job with
    {
        Data = Encoding.UTF8.GetBytes(Request),
        Metadata = JsonSerializer.SerializeToUtf8Bytes(new { tenant }),
    });

    /// <summary>As a drain does that held a job of a tenant.</summary>
    private Task NoteAsync(string tenant)
    {
        var book = Host.Get<BudgetBook>();
        return book.NoteAsync(DateOnly.FromDateTime(ControlHost.Start.UtcDateTime), [new BudgetCell(book.Budgets[0], tenant)], [new BudgetCell(book.Budgets[1], null)]);
    }
}
