using System.Text;
using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using BatchWorker.Simulator;
using BatchWorker.Simulator.Faults;
using BatchWorker.Tests.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Flow;

/// <summary>Result files of OpenAI's kind that contradict themselves or hold a line that nobody can keep, over real HTTP.</summary>
internal sealed class OddAnswersTests
{
    private const string Files = "^/files/[^/]+/content$";
    private readonly RecordedLogs _logs = new();
    private SimulatorHost _simulator = null!;
    private ServiceProvider _provider = null!;
    private FlowHarness _flow = null!;

    [SetUp]
    public async Task Start()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 2, 0, 0, TimeSpan.Zero));
        _simulator = await SimulatorHost.StartAsync(new SimulatorOptions { PhaseSeconds = 1 }, time);
        _provider = SimulatedProviders.OpenAi(_simulator);
        _flow = await FlowHarness.StartAsync(clock: time, other: _provider.Only());
        _flow.Get<ILoggerFactory>().AddProvider(_logs);
    }

    [TearDown]
    public async Task Stop()
    {
        await _flow.DisposeAsync();
        await _provider.DisposeAsync();
        await _simulator.DisposeAsync();
    }

    [Test]
    public async Task A_job_that_both_files_name_has_succeeded_and_that_is_said()
    {
        var ids = await _flow.EnqueueAsync(3);
        _simulator.Faults.Items.Add(new ItemFate { CustomId = ids[2].ToString(), Code = ItemFault.InvalidRequest });
        ReplaceFile(after: 1, Failure(ids[0]), Failure(ids[2]));
        await RunAsync();

        Assert.That(await StatesAsync(ids), Is.EqualTo(new[] { JobState.Succeeded, JobState.Succeeded, JobState.Failed }));
        var batch = await _flow.BatchAsync(1);
        Assert.That((batch.State, batch.Totals.Succeeded, batch.Totals.Settled), Is.EqualTo((BatchState.Completed, 2, 3)));
        Assert.That(_logs.Lines, Has.Some.Contains("0 lines without a readable id, 1 for no open job"));
        Assert.That(_simulator.Ledger.Summary().PaidMoreThanOnce.Count, Is.Zero);
    }

    [Test]
    public async Task Of_two_answers_to_one_job_the_first_stays_and_the_second_is_said()
    {
        var ids = await _flow.EnqueueAsync(2);
        ReplaceFile(after: 0, Answer(ids[0], "first"), Answer(ids[1], "other"), Answer(ids[0], "second"), Failure(ids[1]));
        await RunAsync();

        Assert.That(await StatesAsync(ids), Has.All.EqualTo(JobState.Succeeded));
        Assert.That(await BodyAsync(ids[0]), Does.Contain("first"));
        Assert.That(_logs.Lines, Has.Some.Contains("2 for no open job"));
        Assert.That((await _flow.BatchAsync(1)).Totals.InputTokens, Is.EqualTo(14), "what was said twice is counted once");
    }

    [Test]
    public async Task An_id_that_was_made_up_does_not_take_the_place_of_the_true_one()
    {
        var ids = await _flow.EnqueueAsync(2);
        var number = ids[0].ToString();
        var madeUp = number[..^1] + (number[^1] == '0' ? '1' : '0');
        ReplaceFile(after: 0, Answer(madeUp, "a stranger's"), Answer(ids[0], "ours"), Answer(ids[1], "other"));
        await RunAsync();

        Assert.That(await StatesAsync(ids), Has.All.EqualTo(JobState.Succeeded));
        Assert.That(await BodyAsync(ids[0]), Does.Contain("ours"));
        Assert.That(_logs.Lines, Has.Some.Contains("1 for no open job"));
    }

    [Test]
    public async Task A_line_of_200_MB_costs_its_own_job_an_attempt_and_no_other()
    {
        var ids = await _flow.EnqueueAsync(3);
        _simulator.Faults.Mutations.Add(new LineMutation { Kind = LineDamage.Oversized, CustomId = ids[1].ToString(), Count = 1 });
        await RunAsync();
        Assert.That(await StatesAsync(ids), Is.EqualTo(new[] { JobState.Succeeded, JobState.Queued, JobState.Succeeded }));
        Assert.That((await _flow.JobAsync(ids[1])).History[0].Outcome, Is.EqualTo(Outcome.Missing));

        await _flow.DrainAsync("carry_over");
        await RunAsync();
        Assert.That(await StatesAsync(ids), Has.All.EqualTo(JobState.Succeeded));
    }

    private async Task RunAsync()
    {
        await _flow.DrainAsync();
        await _flow.PassAsync(TimeSpan.FromMinutes(8), steps: 8);
    }

    /// <summary>The next result file that is read has these lines.</summary>
    private void ReplaceFile(int after, params string[] lines) => _simulator.Faults.Http.Add(new HttpFault
    {
        Method = "GET",
        Path = Files,
        After = after,
        Count = 1,
        Action = new HttpFaultAction { Type = HttpFaultKind.Status, Status = 200, Body = string.Join('\n', lines) + "\n" },
    });

    private static string Answer(JobId id, string text) => Answer(id.ToString(), text);

    private static string Answer(string id, string text) =>
        $$$$"""{"custom_id":"{{{{id}}}}","response":{"status_code":200,"body":{"text":"{{{{text}}}}","usage":{"prompt_tokens":7,"completion_tokens":1}}},"error":null}""";

    private static string Failure(JobId id) =>
        $$$$"""{"custom_id":"{{{{id}}}}","response":{"status_code":400,"body":{"error":{"code":"invalid_value","message":"Bad."}}},"error":null}""";

    private async Task<JobState[]> StatesAsync(IReadOnlyList<JobId> ids) => [.. (await Task.WhenAll(ids.Select(_flow.JobAsync))).Select(job => job.View.State)];

    private async Task<string> BodyAsync(JobId id)
    {
        var address = (await _flow.JobAsync(id)).Outcome!.Address!.Value;
        var result = await _flow.Get<ISegmentStore>().ReadAsync(address, CancellationToken.None);
        return Encoding.UTF8.GetString(result!.Body.Span);
    }
}
