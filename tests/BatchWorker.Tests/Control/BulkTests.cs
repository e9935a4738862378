using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

/// <summary>Many jobs are cancelled or queued again.</summary>
internal sealed class BulkTests(StoreKind kind) : ControlTest(kind)
{
    [Test]
    public async Task Queued_jobs_are_cancelled_by_filter()
    {
        await Jobs.EnqueueAsync(5);
        var claude = await Jobs.EnqueueAsync(4, LedgerJobs.Claude);
        Assert.That(await RunAsync("cancel", """{"filter":{"status":"queued","provider":"anthropic"},"dry_run":true}"""), Is.EqualTo("""{"matched":4,"changed":0}"""));
        Assert.That((await Host.GetAsync("/batch/queue/status")).GetProperty("total").GetInt32(), Is.EqualTo(9));
        Assert.That(await RunAsync("cancel", """{"filter":{"status":"queued,failed","provider":"anthropic"}}"""), Is.EqualTo("""{"matched":4,"changed":4}"""));
        Assert.That((await Host.GetAsync("/batch/queue/status")).GetProperty("total").GetInt32(), Is.EqualTo(5));
        Assert.That(Text(await Host.GetAsync("/batch/jobs/" + claude[0]), "status"), Is.EqualTo("cancelled"));
    }

    [Test]
    public async Task Failed_jobs_are_queued_again_by_the_code_that_they_show()
    {
        var ids = await Jobs.EnqueueAsync(6);
        var code = await Jobs.CodeAsync("rate_limit_exceeded");
        var batch = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat), i => i < 2 ? Jobs.Succeeded(i) : new OutcomeRecord { Outcome = Outcome.Failed, Counted = true, Code = i < 5 ? code : 0 });
        var shown = Text((await Host.GetAsync("/batch/jobs/" + ids[2])).GetProperty("error"), "code");
        Assert.That(await RunAsync("retry", $$"""{"filter":{"error_code":"{{shown}}","batch_id":"{{batch.Record.Id}}","job_type":"creative_scoring"},"dry_run":true}"""), Is.EqualTo("""{"matched":3,"changed":0}"""));
        Assert.That(await RunAsync("retry", """{"filter":{"error_code":"no_such_code"}}"""), Is.EqualTo("""{"matched":0,"changed":0}"""));
        Assert.That(await RunAsync("retry", """{"filter":{"status":"failed"},"max":3}"""), Is.EqualTo("""{"matched":4,"changed":3}"""));
        Assert.That(await RunAsync("retry", """{"filter":{},"max":null,"dry_run":null}"""), Is.EqualTo("""{"matched":1,"changed":1}"""));
        Assert.That((await Host.GetAsync("/batch/queue/status")).GetProperty("total").GetInt32(), Is.EqualTo(4));
        var job = await Host.GetAsync("/batch/jobs/" + ids[2]);
        Assert.That((Text(job, "status"), job.GetProperty("attempts").GetInt32(), job.GetProperty("history").GetArrayLength()), Is.EqualTo(("queued", 0, 1)));
    }

    [TestCase("", "/filter")]
    [TestCase("{}", "/filter")]
    [TestCase("""{"filter":[]}""", "/filter")]
    [TestCase("""{"fliter":{}}""", "/fliter")]
    [TestCase("""{"filter":{"bogus":1}}""", "/filter/bogus")]
    [TestCase("""{"filter":{"status":"nope"}}""", "/filter/status")]
    [TestCase("""{"filter":{"status":"failed,nope"}}""", "/filter/status")]
    [TestCase("""{"filter":{"status":""}}""", "/filter/status")]
    [TestCase("""{"filter":{"status":","}}""", "/filter/status")]
    [TestCase("""{"filter":{"status":["failed"]}}""", "/filter/status")]
    [TestCase("""{"filter":{"status":"\ud800"}}""", "/filter/status", 400)]
    [TestCase("""{"filter":{"job_type":"unheard_of"}}""", "/filter/job_type")]
    [TestCase("""{"filter":{"provider":"mistral"}}""", "/filter/provider")]
    [TestCase("""{"filter":{"batch_id":"7"}}""", "/filter/batch_id")]
    [TestCase("""{"filter":{"error_code":7}}""", "/filter/error_code")]
    [TestCase("""{"filter":{},"max":0}""", "/max")]
    [TestCase("""{"filter":{},"max":"all"}""", "/max")]
    [TestCase("""{"filter":{},"dry_run":"yes"}""", "/dry_run")]
    public async Task What_is_not_understood_changes_nothing(string body, string pointer, int status = 422)
    {
        await Jobs.EnqueueAsync(1);
        foreach (var action in new[] { "cancel", "retry" })
        {
            var problem = await Host.PostAsync("/batch/jobs/" + action, status, body);
            Assert.That(Texts(problem.GetProperty("errors").EnumerateArray(), "pointer"), Is.EqualTo(new[] { pointer }));
        }
        Assert.That((await Host.GetAsync("/batch/queue/status")).GetProperty("total").GetInt32(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_job_type_that_is_no_longer_configured_is_known_while_it_has_jobs()
    {
        await Jobs.EnqueueAsync(2, LedgerJobs.Chat with { JobType = "of_last_year" });
        Assert.That(await RunAsync("cancel", """{"filter":{"job_type":"of_last_year,creative_scoring"}}"""), Is.EqualTo("""{"matched":2,"changed":2}"""));
    }

    [Test]
    public async Task The_body_is_described()
    {
        var schemas = (await Host.GetAsync("/openapi/v1.json")).GetProperty("components").GetProperty("schemas");
        Assert.That(Names(schemas.GetProperty("BulkRequest").GetProperty("properties")), Is.EqualTo(new[] { "filter", "max", "dry_run" }));
        Assert.That(Names(schemas.GetProperty("BulkFilterRequest").GetProperty("properties")), Is.EqualTo(new[] { "status", "job_type", "provider", "batch_id", "error_code" }));
    }

    private async Task<string> RunAsync(string action, string body) => (await Host.PostAsync("/batch/jobs/" + action, 200, body)).GetRawText();
}
