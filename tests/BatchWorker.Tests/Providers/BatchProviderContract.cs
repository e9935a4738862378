using System.Buffers;
using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Simulator.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace BatchWorker.Tests.Providers;

/// <summary>What the daemon relies on with every provider, over real HTTP against the simulator. Derived once for each of them.</summary>
internal abstract class BatchProviderContract
{
    private ProviderBench _bench = null!;

    protected abstract ContractSubject Subject { get; }

    [SetUp]
    public async Task Start() => _bench = await ProviderBench.StartAsync(Subject);

    [TearDown]
    public async Task Stop() => await _bench.DisposeAsync();

    [Test]
    public async Task A_created_batch_is_seen_running_then_ended_with_every_request_done()
    {
        var id = await _bench.CreatedAsync(ProviderBench.Ids(3));
        Assert.That((await _bench.SeeAsync(id)).HasEnded, Is.False);
        _bench.Finish();
        var ended = await _bench.SeeAsync(id);
        Assert.That((ended.Phase, ended.RequestCount, ended.DoneCount, ended.HasBegun), Is.EqualTo((ProviderPhase.Completed, 3L, 3L, true)));
        Assert.That(_bench.CreateCalls, Is.EqualTo(1));
    }

    [Test]
    public async Task Every_request_has_one_line_with_its_own_answer_and_usage()
    {
        var ids = ProviderBench.Ids(20);
        var id = await _bench.CreatedAsync(ids);
        _bench.Finish();
        var lines = await _bench.ReadAsync(await _bench.SeeAsync(id));
        Assert.That(lines.Select(line => line.CustomId), Is.EquivalentTo(ids));
        foreach (var line in lines)
        {
            Assert.That(line.Outcome, Is.EqualTo(Outcome.Succeeded));
            Assert.That(Encoding.UTF8.GetString(line.Body.Span), Does.Contain($"mk-{line.CustomId}"));
            Assert.That((line.Usage.InputTokens > 0, line.Usage.OutputTokens > 0), Is.EqualTo((true, true)));
        }
    }

    [TestCase("InvalidRequest", false)]
    [TestCase("ServerError", true)]
    [TestCase("Overloaded", true)]
    [TestCase("RateLimit", true)]
    public async Task A_request_that_fails_says_whether_it_is_worth_another_try(string fault, bool retryable)
    {
        var ids = ProviderBench.Ids(2);
        _bench.Host.Faults.Items.Add(new ItemFate { Provider = Subject.Name.Wire(), CustomId = ids[1], Code = Enum.Parse<ItemFault>(fault) });
        var id = await _bench.CreatedAsync(ids);
        _bench.Finish();
        var lines = (await _bench.ReadAsync(await _bench.SeeAsync(id))).ToDictionary(line => line.CustomId!);
        Assert.That(lines[ids[0]].Outcome, Is.EqualTo(Outcome.Succeeded));
        Assert.That((lines[ids[1]].Outcome, lines[ids[1]].Error!.Retryable, lines[ids[1]].Body.Length), Is.EqualTo((Outcome.Failed, retryable, 0)));
    }

    [Test]
    public async Task A_submission_finds_its_own_batch_and_no_other()
    {
        var (first, _) = await _bench.SubmitAsync(ProviderBench.Ids(2));
        var (second, outcome) = await _bench.SubmitAsync(ProviderBench.Ids(2, from: 10));
        Assert.That(await _bench.FindAsync(second), Is.EqualTo(new[] { ((CreateOutcome.Created)outcome).ProviderBatchId }));
        Assert.That(await _bench.FindAsync(first with { Tag = new SubmissionTag("batch_9", 1), InputFileId = "none", RequestCount = 7 }), Is.Empty);
    }

    [TestCase("Status", 400, "rejected")]
    [TestCase("Status", 401, "rejected")]
    [TestCase("Status", 413, "rejected")]
    [TestCase("Status", 429, "rejected")]
    [TestCase("Status", 408, "unknown")]
    [TestCase("Status", 409, "unknown")]
    [TestCase("Status", 500, "unknown")]
    [TestCase("Status", 503, "unknown")]
    [TestCase("ResetBefore", 0, "unknown")]
    [TestCase("Hang", 0, "unknown")]
    [TestCase("Garble", 0, "unknown")]
    public async Task A_create_call_that_made_nothing_is_never_called_created(string fault, int status, string word)
    {
        _bench.FaultAtCreate(new HttpFaultAction { Type = Enum.Parse<HttpFaultKind>(fault), Status = status });
        var (trace, outcome) = await _bench.SubmitAsync(ProviderBench.Ids(1));
        Assert.That((outcome.Word, _bench.Batches, _bench.CreateCalls), Is.EqualTo((word, 0, 1)));
        Assert.That(await _bench.FindAsync(trace), Is.Empty);
    }

    [TestCase("StatusAfter", 500)]
    [TestCase("StatusAfter", 503)]
    [TestCase("ResetAfter", 0)]
    [TestCase("HangAfter", 0)]
    [TestCase("Truncate", 0)]
    public async Task A_create_call_whose_answer_is_lost_is_unknown_and_its_batch_is_found(string fault, int status)
    {
        _bench.FaultAtCreate(new HttpFaultAction { Type = Enum.Parse<HttpFaultKind>(fault), Status = status, Bytes = 5 });
        var (trace, outcome) = await _bench.SubmitAsync(ProviderBench.Ids(2));
        Assert.That((outcome.Word, _bench.Batches, _bench.CreateCalls), Is.EqualTo(("unknown", 1, 1)));
        var found = await _bench.FindAsync(trace);
        Assert.That(found, Has.Length.EqualTo(1));

        _bench.Finish();
        var lines = await _bench.ReadAsync(await _bench.SeeAsync(found[0]));
        Assert.That(lines.Select(line => line.CustomId), Is.EquivalentTo(ProviderBench.Ids(2)));
    }

    [TestCase(401, "Unauthorized"), TestCase(403, "Unauthorized"), TestCase(404, "NotFound"), TestCase(413, "TooLarge"), TestCase(429, "Throttled")]
    public async Task A_refused_create_call_says_what_to_do_about_it(int status, string kind)
    {
        _bench.FaultAtCreate(new HttpFaultAction { Type = HttpFaultKind.Status, Status = status, Headers = { ["Retry-After"] = "90" } });
        var failure = ((CreateOutcome.Rejected)(await _bench.SubmitAsync(ProviderBench.Ids(1))).Outcome).Failure;
        var expected = status == 404 ? Subject.NotFoundAtCreate : kind;
        Assert.That((failure.Kind, failure.RetryAfter), Is.EqualTo((Enum.Parse<FailureKind>(expected), (TimeSpan?)TimeSpan.FromSeconds(90))));
    }

    [Test]
    public async Task A_cancelled_batch_ends_with_a_line_or_nothing_for_each_request_and_a_second_cancel_does_no_harm()
    {
        var ids = ProviderBench.Ids(10);
        var id = await _bench.CreatedAsync(ids);
        Assert.That((await _bench.Provider.CancelAsync(id, CancellationToken.None)).Failure, Is.Null);
        _bench.Finish();
        var ended = await _bench.SeeAsync(id);
        Assert.That(ended.Phase, Is.EqualTo(ProviderPhase.Cancelled).Or.EqualTo(ProviderPhase.Completed));
        var lines = await _bench.ReadAsync(ended);
        Assert.That(lines.Select(line => line.CustomId), Is.SubsetOf(ids).And.Unique);
        Assert.That(lines.Select(line => line.Outcome), Has.All.AnyOf(Outcome.Succeeded, Outcome.Cancelled));

        var again = await _bench.Provider.CancelAsync(id, CancellationToken.None);
        Assert.That((again.Failure, again.Value?.HasEnded), Is.EqualTo(((ProviderFailure?)null, (bool?)true)));
    }

    [Test]
    public async Task A_batch_that_does_not_exist_is_not_found()
    {
        var id = await _bench.CreatedAsync(ProviderBench.Ids(1));
        var other = id[..^4] + (id.EndsWith("0000", StringComparison.Ordinal) ? "1111" : "0000");
        Assert.That((await _bench.Provider.GetAsync(other, CancellationToken.None)).Failure!.Kind, Is.EqualTo(FailureKind.NotFound));
    }

    [Test]
    public async Task A_read_survives_a_bad_moment()
    {
        var id = await _bench.CreatedAsync(ProviderBench.Ids(1));
        foreach (var fault in new[] { HttpFaultKind.Status, HttpFaultKind.ResetAfter, HttpFaultKind.Truncate })
        {
            _bench.FaultAtRead(new HttpFaultAction { Type = fault, Status = 503, Bytes = 5 });
            Assert.That((await _bench.Provider.GetAsync(id, CancellationToken.None)).Value?.Id, Is.EqualTo(id), $"{fault}");
        }
    }

    [Test]
    public async Task A_download_that_is_cut_is_never_taken_for_a_whole_one()
    {
        var id = await _bench.CreatedAsync(ProviderBench.Ids(50));
        _bench.Finish();
        var ended = await _bench.SeeAsync(id);
        _bench.FaultAtRead(new HttpFaultAction { Type = HttpFaultKind.Truncate, Bytes = 2_000 });
        Assert.That(async () => await _bench.ReadAsync(ended), Throws.InstanceOf<ProviderReadException>());
        Assert.That(await _bench.ReadAsync(ended), Has.Count.EqualTo(50));
    }

    [Test]
    public async Task A_wrong_key_is_unauthorized_everywhere_and_a_right_one_passes_the_probe()
    {
        Assert.That(await _bench.Provider.ProbeAsync(CancellationToken.None), Is.Null);
        var services = new ServiceCollection().AddLogging();
        Subject.Register(services, _bench.Host, "sk-wrong-0123456789");
        await using var provider = services.BuildServiceProvider();
        var wrong = provider.GetRequiredService<IBatchProvider>();
        Assert.That((await wrong.ProbeAsync(CancellationToken.None))!.Kind, Is.EqualTo(FailureKind.Unauthorized));
        Assert.That((await wrong.GetAsync("batch_1", CancellationToken.None)).Failure!.Kind, Is.EqualTo(FailureKind.Unauthorized));
        Assert.That(wrong.Account, Is.Not.Null.And.Not.EqualTo(_bench.Provider.Account));
    }

    [Test]
    public void The_overhead_of_a_request_is_exact_and_limits_are_real()
    {
        var output = new ArrayBufferWriter<byte>();
        var request = Encoding.UTF8.GetBytes(Subject.Request("é"));
        _bench.Provider.WriteRequest(output, Subject.Lane, ProviderBench.Ids(1)[0], request);
        Assert.That(output.WrittenCount, Is.EqualTo(request.Length + _bench.Provider.OverheadOf(Subject.Lane)));
        Assert.That(output.WrittenSpan.ToArray().Count(letter => letter == '\n'), Is.EqualTo(1));
        var limits = _bench.Provider.LimitsOf(Subject.Lane.Endpoint);
        Assert.That((limits.MaxRequests > 0, limits.MaxBytes > 1_000_000, limits.MaxInputs > 0), Is.EqualTo((true, true, true)));
    }
}
