using System.Buffers;
using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Tests.Simulator.Gemini;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Providers.Gemini;

/// <summary>The provider against the simulator, which was written from the facts and knows nothing of it.</summary>
[CancelAfter(60_000)]
internal sealed class GeminiSimulatorTests
{
    private const int Count = 120;
    private SimulatedGemini _simulator = null!;
    private GeminiClient _client = null!;
    private string _path = null!;

    private IBatchProvider Provider => _client.Provider;

    [SetUp]
    public async Task Start()
    {
        _path = Path.GetTempFileName();
        _simulator = await SimulatedGemini.StartAsync(settings => settings with { Keys = [GeminiClient.Key] });
        _client = new GeminiClient(new Uri(_simulator.Host.Address, "gemini").ToString(), new FakeTimeProvider(_simulator.Time.GetUtcNow()));
    }

    [TearDown]
    public async Task Stop()
    {
        _client.Dispose();
        await _simulator.DisposeAsync();
        File.Delete(_path);
    }

    [TestCase("generateContent", SimulatedGemini.Model)]
    [TestCase("embedContent", "models/" + SimulatedGemini.EmbeddingModel)]
    public async Task Every_request_comes_back_answered_under_its_key(string endpoint, string model, CancellationToken cancellationToken)
    {
        var submission = await UploadedAsync(GeminiClient.Generate with { Endpoint = endpoint, Model = model }, cancellationToken);
        var created = (CreateOutcome.Created)await Provider.CreateAsync(submission, cancellationToken);
        Assert.That((await Provider.GetAsync(created.ProviderBatchId, cancellationToken)).Value, Has.Property("Phase").EqualTo(ProviderPhase.Validating)
            .And.Property("Tag").EqualTo(submission.Tag).And.Property("RequestCount").EqualTo(Count));

        _simulator.Advance(20);
        var ended = (await Provider.GetAsync(created.ProviderBatchId, cancellationToken)).Value!;
        Assert.That((ended.Phase, ended.DoneCount), Is.EqualTo((ProviderPhase.Completed, (long)Count)));
        var lines = await Provider.ReadResultsAsync(ended, cancellationToken).ToListAsync(cancellationToken);
        Assert.That(lines.Select(line => line.CustomId), Is.EquivalentTo(Enumerable.Range(0, Count).Select(KeyOf)));
        Assert.That(lines, Has.All.Matches<ResultLine>(line => line is { Outcome: Outcome.Succeeded, Usage.InputTokens: > 0, Body.Length: > 0 }));
    }

    [Test]
    public async Task An_upload_is_found_again(CancellationToken cancellationToken)
    {
        var file = Spool(GeminiClient.Generate);
        Assert.That((await Provider.FindUploadAsync(file, cancellationToken)).Value, Is.Empty);
        var uploaded = await Provider.UploadAsync(file, cancellationToken);
        Assert.That((await Provider.FindUploadAsync(file, cancellationToken)).Value, Is.EqualTo(uploaded.Value));
    }

    [Test]
    public async Task A_create_call_whose_answer_was_lost_is_found_by_its_tag_and_was_sent_once(CancellationToken cancellationToken)
    {
        var submission = await UploadedAsync(GeminiClient.Generate, cancellationToken);
        await _simulator.ControlAsync("faults", new { provider = "gemini", path = ":batchGenerateContent$", action = new { type = "reset_after" } });
        Assert.That(await Provider.CreateAsync(submission, cancellationToken), Is.InstanceOf<CreateOutcome.Unknown>());
        var found = await Provider.FindAsync(new SubmissionTrace(submission.Tag, submission.InputFileId, Count, DateTimeOffset.MinValue, null), cancellationToken);
        Assert.That(found.Value!.Single().Tag, Is.EqualTo(submission.Tag));
        Assert.That(_simulator.Host.Ledger.Batches, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task An_input_that_is_gone_after_two_days_is_told_from_a_model_that_is_not_there(CancellationToken cancellationToken)
    {
        var submission = await UploadedAsync(GeminiClient.Generate, cancellationToken);
        _simulator.Time.Advance(TimeSpan.FromHours(49));
        var outcome = (CreateOutcome.Rejected)await Provider.CreateAsync(submission, cancellationToken);
        Assert.That(outcome.Failure.Kind, Is.EqualTo(FailureKind.NotFound));
        Assert.That((await Provider.FindUploadAsync(submission.File, cancellationToken)).Value, Is.Empty);
    }

    [Test]
    public async Task A_cancelled_batch_is_cancelled_with_whatever_it_has(CancellationToken cancellationToken)
    {
        var submission = await UploadedAsync(GeminiClient.Generate, cancellationToken);
        var created = (CreateOutcome.Created)await Provider.CreateAsync(submission, cancellationToken);
        var asked = await Provider.CancelAsync(created.ProviderBatchId, cancellationToken);
        Assert.That(asked.Value!.Id, Is.EqualTo(created.ProviderBatchId));
        _simulator.Advance(60);
        var ended = (await Provider.GetAsync(created.ProviderBatchId, cancellationToken)).Value!;
        Assert.That(ended.Phase, Is.EqualTo(ProviderPhase.Cancelled));
        Assert.That(async () => await Provider.ReadResultsAsync(ended, cancellationToken).ToListAsync(cancellationToken), Throws.Nothing);
    }

    [Test]
    public async Task A_wrong_key_is_unauthorized_everywhere(CancellationToken cancellationToken)
    {
        var submission = await UploadedAsync(GeminiClient.Generate, cancellationToken);
        await _simulator.ControlAsync("config", new { gemini = new { keys = new[] { "AIza-another" } } });
        Assert.That((await Provider.ProbeAsync(cancellationToken))!.Kind, Is.EqualTo(FailureKind.Unauthorized));
        Assert.That((await Provider.UploadAsync(submission.File, cancellationToken)).Failure!.Kind, Is.EqualTo(FailureKind.Unauthorized));
        Assert.That(((CreateOutcome.Rejected)await Provider.CreateAsync(submission, cancellationToken)).Failure.Kind, Is.EqualTo(FailureKind.Unauthorized));
    }

    private async Task<Submission> UploadedAsync(Lane lane, CancellationToken cancellationToken)
    {
        var file = Spool(lane);
        var uploaded = await Provider.UploadAsync(file, cancellationToken);
        return new Submission(new SubmissionTag("batch_01", 1), lane, file, uploaded.Value, Count);
    }

    private SpooledFile Spool(Lane lane)
    {
        var lines = new ArrayBufferWriter<byte>();
        for (var i = 0; i < Count; i++)
        {
            var content = $$"""{"parts":[{"text":"request {{i}}"}]}""";
            var request = lane.Endpoint == "embedContent" ? $"{{\"content\":{content}}}" : $"{{\"contents\":[{content}]}}";
            Provider.WriteRequest(lines, lane, KeyOf(i), Encoding.UTF8.GetBytes(request));
        }
        File.WriteAllBytes(_path, lines.WrittenSpan);
        return new SpooledFile(_path, "bw-batch_01-0123abcd.jsonl", lines.WrittenCount, new string('a', 64));
    }

    private static string KeyOf(int number) => new JobId(new Ulid(1, number, 3)).ToString();
}
