using System.Text.Json;
using BatchWorker.Cli;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Control;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Cli;

/// <summary>The commands of operators against the control API.</summary>
internal sealed class OperatorTests(StoreKind kind) : ControlTest(kind)
{
    private string Url => Host.Client.BaseAddress!.ToString();

    [TestCase("/batch/dashboard", "status")]
    [TestCase("/batch/jobs", "jobs")]
    [TestCase("/batch/jobs?status=queued&provider=openai&limit=2", "jobs", "--status", "queued", "--provider", "openai", "--limit", "2")]
    [TestCase("/batch/batches?active=true", "batches", "--active", "true")]
    [TestCase("/batch/runs", "runs")]
    [TestCase("/batch/providers", "providers")]
    [TestCase("/batch/scheduler", "scheduler")]
    [TestCase("/batch/alerts", "alerts")]
    [TestCase("/batch/budgets", "budgets")]
    [TestCase("/batch/report?days=3", "savings", "--days", "3")]
    public async Task Json_is_what_the_api_answers(string path, params string[] words)
    {
        await Jobs.EnqueueAsync(3);
        await Jobs.SubmitAsync(await Jobs.SealAsync(LedgerJobs.Chat, most: 1));
        var said = await AskAsync([.. words, "--json"]);
        Assert.That((said.ExitCode, said.Output, said.Errors), Is.EqualTo((0, await Host.Client.GetStringAsync(new Uri(path, UriKind.Relative)) + "\n", "")));
    }

    [Test]
    public async Task All_items_as_json_are_one_line_each()
    {
        var ids = await Jobs.EnqueueAsync(5);
        var said = await AskAsync("jobs", "--all", "--json");
        Assert.That(said.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("job_id").GetString()), Is.EquivalentTo(ids));
    }

    [Test]
    public async Task A_table_has_a_line_for_each_item_and_says_that_there_are_more()
    {
        await Jobs.EnqueueAsync(3);
        await Jobs.EnqueueAsync(2, LedgerJobs.Claude);
        var said = await AskAsync("jobs", "--provider", "openai", "--limit", "2");
        Assert.That(said.Lines, Has.Length.EqualTo(3));
        Assert.That(said.Lines[0], Does.StartWith("JOB").And.Contain("STATUS").And.EndWith("ENDED"));
        Assert.That(said.Lines[1..], Has.All.Contains("openai").And.All.Contains("queued"));
        Assert.That(said.Errors, Does.Contain("more than 2"));
    }

    [Test]
    public async Task Late_batches_are_those_that_somebody_should_look_at_with_the_reason()
    {
        await Jobs.EnqueueAsync(3);
        var doubtful = await Jobs.DoubtAsync(await Jobs.SealAsync(LedgerJobs.Chat, most: 1));
        var old = await Jobs.SubmitAsync(await Jobs.SealAsync(LedgerJobs.Chat, most: 1));
        var ended = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat, most: 1));
        var said = await AskAsync("batches", "--late");
        Assert.That(said.Lines.Single(line => line.StartsWith(doubtful.Record.Id, StringComparison.Ordinal)), Does.Contain("in doubt"));
        Assert.That(said.Lines.Single(line => line.StartsWith(old.Record.Id, StringComparison.Ordinal)), Does.Contain("beyond the provider's window"), "the time of this test is days ago");
        Assert.That(said.Output, Does.Not.Contain(ended.Record.Id));
        Assert.That((await AskAsync("status")).Output, Does.Contain(doubtful.Record.Id).And.Contain("2 active"));
    }

    [Test]
    public async Task The_scheduler_is_stopped_and_started()
    {
        Assert.That((await AskAsync("scheduler", "stop")).Output, Does.Contain("stopped"));
        Assert.That(await Host.Get<Switches>().IsSchedulerStoppedAsync(), Is.True);
        Assert.That((await AskAsync("status")).Output, Does.Contain("nothing is drained by itself"));
        Assert.That((await AskAsync("scheduler", "start")).Output, Does.Contain("running"));
        Assert.That(await Host.Get<Switches>().IsSchedulerStoppedAsync(), Is.False);
    }

    [Test]
    public async Task A_provider_that_refuses_our_key_comes_with_advice_and_one_can_be_paused()
    {
        await Host.Get<Switches>().ChangeAsync(Provider.OpenAi, known => known with { UnauthorizedSince = ControlHost.Start });
        var said = await AskAsync("providers");
        Assert.That((said.Output.Contains("unauthorized", StringComparison.Ordinal), said.Errors.Contains("OPENAI_API_KEY", StringComparison.Ordinal)), Is.EqualTo((true, true)));
        Assert.That((await AskAsync("providers", "pause", "anthropic")).Output, Does.Contain("paused"));
        Assert.That((await AskAsync("providers", "resume", "anthropic")).Output, Does.Contain("healthy"));
        Assert.That((await AskAsync("providers", "pause", "nobody")).ExitCode, Is.EqualTo(ExitCodes.No));
    }

    [Test]
    public async Task A_drain_is_begun_or_only_planned()
    {
        await Jobs.EnqueueAsync(3);
        var plan = await AskAsync("drain", "--dry-run", "--provider", "openai");
        Assert.That((plan.ExitCode, plan.Errors.Contains("3 jobs would be sent", StringComparison.Ordinal)), Is.EqualTo((0, true)), plan.Errors);
        Assert.That(Host.Get<Control.DrainDesk>().Started, Is.Empty);
        var begun = await AskAsync("drain", "--max-jobs", "2");
        var run = Host.Get<Control.DrainDesk>().Started.Single();
        Assert.That((begun.Output, run.Filter.MaxJobs, run.Trigger), Is.EqualTo((run.Id + "\n", 2, "cli")));
        Assert.That((await AskAsync("runs", "show", run.Id.ToString())).Output, Does.Contain("running"));
    }

    [Test]
    public async Task Jobs_are_cancelled_and_retried_by_name()
    {
        var ids = await Jobs.EnqueueAsync(2);
        var said = await AskAsync("cancel", ids[0], "job_01M8JKSD3F00000001X1VP0G7B", ids[1]);
        Assert.That((said.ExitCode, said.Output), Is.EqualTo((ExitCodes.No, $"{ids[0]} cancelled\n{ids[1]} cancelled\n")));
        Assert.That(said.Errors, Does.Contain("404"));
        Assert.That((await AskAsync("retry", ids[0])).Output, Is.EqualTo($"{ids[0]} queued\n"));
        var again = await AskAsync("retry", ids[0]);
        Assert.That((again.ExitCode, again.Errors.Contains("409", StringComparison.Ordinal)), Is.EqualTo((ExitCodes.No, true)));
    }

    [Test]
    public async Task Many_jobs_are_changed_only_by_a_filter_and_a_yes()
    {
        await Jobs.EnqueueAsync(3);
        Assert.That((await AskAsync("cancel")).ExitCode, Is.EqualTo(ExitCodes.Usage));
        Assert.That((await AskAsync("cancel", "--every", "--dry-run")).Output, Is.EqualTo("3 matched, 0 changed\n"));
        Assert.That((await AskAsync("cancel", "--provider", "openai", "--max", "2", "--yes")).Output, Is.EqualTo("3 matched, 2 changed\n"));
        Assert.That((await AskAsync("retry", "--status", "cancelled", "--yes")).Output, Is.EqualTo("2 matched, 2 changed\n"));
    }

    [Test]
    public async Task A_batch_in_doubt_is_resolved_by_one_word()
    {
        await Jobs.EnqueueAsync(1);
        var batch = await Jobs.DoubtAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        Assert.That((await AskAsync("resolve", batch.Record.Id)).ExitCode, Is.EqualTo(ExitCodes.Usage));
        Assert.That((await AskAsync("resolve", batch.Record.Id, "--as", "b1", "--absent")).ExitCode, Is.EqualTo(ExitCodes.Usage));
        Assert.That((await AskAsync("batches", "show", batch.Record.Id)).Errors, Does.Contain("batchworker resolve"));
        Assert.That((await AskAsync("resolve", batch.Record.Id, "--as", "nobody knows")).ExitCode, Is.EqualTo(ExitCodes.No));
        Assert.That((await AskAsync("resolve", batch.Record.Id, "--absent")).ExitCode, Is.Zero);
    }

    [Test]
    public async Task What_others_wrote_moves_no_cursor()
    {
        await Jobs.EnqueueAsync(1, LedgerJobs.Chat with { Model = "gpt\e[2J\u202e\n4" });
        var said = await AskAsync("jobs");
        Assert.That(said.Lines, Has.Length.EqualTo(2));
        Assert.That(said.Output, Does.Not.Contain("\e").And.Not.Contain("\u202e"));
    }

    [Test]
    public async Task Health_is_an_exit_code()
    {
        Assert.That((await AskAsync("health")).ExitCode, Is.Zero);
        Assert.That((await Spoken.RunAsync("health", "--url", "http://127.0.0.1:9")).ExitCode, Is.EqualTo(ExitCodes.Unreachable));
    }

    [TestCase("status")]
    [TestCase("jobs", "--all")]
    [TestCase("drain")]
    public async Task Nobody_who_answers_is_69_and_a_missing_key_is_77(params string[] words)
    {
        Assert.That((await Spoken.RunAsync([.. words, "--url", "http://127.0.0.1:9"])).ExitCode, Is.EqualTo(ExitCodes.Unreachable));
        await using var guarded = await ControlHost.StartAsync(keys: "app:enqueue:aaaaaaaaaaaaaaaaaaaaaaaa");
        var said = await Spoken.RunAsync([.. words, "--url", guarded.Client.BaseAddress!.ToString()]);
        Assert.That((said.ExitCode, said.Output), Is.EqualTo((ExitCodes.Forbidden, "")), said.Errors);
    }

    [TestCase("jobs", "--lmit", "3")]
    [TestCase("completion", "cmd")]
    [TestCase("health", "--url", "ftp://x")]
    public async Task What_is_not_understood_is_2_and_prints_no_data(params string[] words)
    {
        var said = await Spoken.RunAsync(words);
        Assert.That((said.ExitCode, said.Output), Is.EqualTo((ExitCodes.Usage, "")));
    }

    [TestCase("bash")]
    [TestCase("zsh")]
    [TestCase("fish")]
    [TestCase("pwsh")]
    public async Task Completion_asks_the_program_for_the_words(string shell)
    {
        Assert.That((await Spoken.RunAsync("completion", shell)).Output, Does.Contain("[suggest:"));
        Assert.That((await Spoken.RunAsync("[suggest:18]", "batches --status co")).Lines, Is.EqualTo(new[] { "completed" }));
    }

    private Task<Spoken> AskAsync(params string[] words) => Spoken.RunAsync([.. words, "--url", Url]);
}
