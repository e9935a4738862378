using System.Text.Json;
using BatchWorker.Control;
using BatchWorker.Tests.Control;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Callbacks;

/// <summary>From the end of a job to its receiver.</summary>
internal sealed class DeliveryTests(StoreKind kind) : EachStore(kind)
{
    private CallbackHarness _harness = null!;
    private Receiver _receiver = null!;

    [SetUp]
    public async Task Begin() => (_harness, _receiver) = (await CallbackHarness.StartAsync(), await Receiver.StartAsync());

    [TearDown]
    public async Task End()
    {
        await _harness.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Test]
    public async Task A_job_that_ends_is_told_once_signed_as_the_specification_says_and_as_callers_are_shown_it()
    {
        var id = (await _harness.EnqueueAsync(_receiver.Url)).Single();
        await _harness.DeliverAsync();
        Assert.That(_receiver.Calls, Is.Empty, "before its end there is nothing to tell");
        await _harness.Jobs.EndAsync(await _harness.Jobs.SealAsync(LedgerJobs.Chat), i => _harness.Jobs.Succeeded(i) with { RealtimePico = 2_000_000_000_001, BatchPico = 1_000_000_000_001 });
        await _harness.DeliverAsync();
        await _harness.PassAsync(TimeSpan.FromDays(4));

        var call = _receiver.Calls.Single();
        Assert.That(StandardWebhook.WhyNot(call.Headers, call.Body, CallbackHarness.Secret, LedgerHarness.Start), Is.Null);
        Assert.That((call.Method, call.Path, call.Id), Is.EqualTo(("POST", "/hook", id + "_succeeded")));
        Assert.That(call.Headers["content-type"], Is.EqualTo("application/json"));
        Assert.That(call.Headers["user-agent"], Does.StartWith("BatchWorker/"));
        var shown = await ShownAsync(id);
        Assert.That(call.Json.EnumerateObject().Select(member => (member.Name, member.Value.GetRawText())), Is.EqualTo(shown.Where(member => member.Name is not ("data" or "response")).Select(member => (member.Name, member.Value.GetRawText()))));
        Assert.That(call.Json.GetProperty("cost").GetProperty("batch").GetRawText(), Is.EqualTo("1.000000000001"));
        Assert.That((await _harness.DeliveryAsync(id))!.State, Is.EqualTo(DeliveryState.Delivered));
        Assert.That(await _harness.Get<CallbackLedger>().CountAsync(), Is.EqualTo((0L, 0L, (DateTimeOffset?)null)));
    }

    [Test]
    public async Task A_job_without_a_callback_is_told_to_nobody()
    {
        await _harness.Jobs.EnqueueAsync(1);
        await _harness.Jobs.EndAsync(await _harness.Jobs.SealAsync(LedgerJobs.Chat));
        Assert.That(await _harness.Get<CallbackLedger>().DueHostsAsync(10), Is.Empty);
    }

    private async Task<IEnumerable<JsonProperty>> ShownAsync(string id)
    {
        var detail = await _harness.Get<JobPresenter>().DetailAsync((await _harness.Get<JobQueries>().FindAsync(CallbackHarness.IdOf(id)))!, CancellationToken.None);
        return JsonDocument.Parse(JsonSerializer.Serialize(detail, ControlJson.Relaxed.JobDetailAnswer)).RootElement.EnumerateObject();
    }
}
