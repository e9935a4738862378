using BatchWorker.Queue;
using BatchWorker.Tests.Callbacks;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

/// <summary><c>/batch/callbacks</c> and the callback of a job.</summary>
internal sealed class CallbackTests(StoreKind kind) : ControlTest(kind)
{
    private const string Url = "https://hooks.example.com/a?token=secret-of-the-receiver";

    [Test]
    public async Task Undelivered_callbacks_are_listed_newest_first_in_pages_and_lines_and_by_status()
    {
        var ids = await EndedAsync(5);
        await GiveUpAsync(ids[1], DeliveryState.Exhausted);
        await GiveUpAsync(ids[2], DeliveryState.Disabled);
        var delivered = await FindAsync(ids[3]);
        await Host.Get<CallbackLedger>().WriteAsync(delivered, delivered.Delivery with { State = DeliveryState.Delivered, Attempts = 1 });

        string?[] expected = [ids[4], ids[2], ids[1], ids[0]];
        Assert.That(Texts(await WalkAsync("/batch/callbacks", 1), "job_id"), Is.EqualTo(expected));
        Assert.That(Texts(await StreamAsync("/batch/callbacks"), "job_id"), Is.EqualTo(expected));
        Assert.That(Texts(await WalkAsync("/batch/callbacks?status=exhausted,disabled", 2), "job_id"), Is.EqualTo(new[] { ids[2], ids[1] }));
        var item = (await WalkAsync("/batch/callbacks?status=exhausted", 10)).Single();
        Assert.That(Names(item), Is.EqualTo(new[] { "webhook_id", "job_id", "batch_id", "event", "status", "host", "attempts", "last_error", "last_status", "last_attempt_at", "next_attempt_at", "ended_at" }));
        Assert.That((Text(item, "webhook_id"), Text(item, "event"), Text(item, "status"), Text(item, "host")), Is.EqualTo((ids[1] + "_cancelled", "cancelled", "exhausted", "hooks.example.com")));
        Assert.That(item.GetRawText(), Does.Not.Contain("secret-of-the-receiver"), "an address may hold secrets");
        await Host.RefuseAsync("/batch/callbacks?status=delivered", 422);
    }

    [Test]
    public async Task An_operator_sends_callbacks_again_by_filter_after_a_dry_run()
    {
        var ids = await EndedAsync(3);
        await GiveUpAsync(ids[0], DeliveryState.Exhausted);
        await GiveUpAsync(ids[1], DeliveryState.Exhausted);
        var exhausted = new { filter = new { status = "exhausted", host = "hooks.example.com" }, dry_run = true };
        Assert.That((await Host.PostAsync("/batch/callbacks/redeliver", 200, exhausted)).ToString(), Is.EqualTo("""{"matched":2,"changed":0}"""));
        Assert.That((await Host.PostAsync("/batch/callbacks/redeliver", 200, new { filter = new { status = "exhausted" }, max = 1 })).ToString(), Is.EqualTo("""{"matched":2,"changed":1}"""));
        Assert.That((await FindAsync(ids[1])).Delivery.State, Is.EqualTo(DeliveryState.Pending), "the newest first");
        Assert.That((await Host.PostAsync("/batch/callbacks/redeliver", 200, new { filter = new { host = "other.example.com" } })).ToString(), Is.EqualTo("""{"matched":0,"changed":0}"""));
        foreach (var wrong in new[] { "{}", """{"filter":{"status":"delivered"}}""", """{"filter":{"hosts":"x"}}""", """{"filter":{},"max":0}""", """{"filter":5}""" })
        {
            await Host.PostAsync("/batch/callbacks/redeliver", 422, wrong);
        }
    }

    [Test]
    public async Task The_callback_of_a_job_is_shown_and_sent_again_once_it_has_ended()
    {
        var id = (await Jobs.EnqueueAsync(1, change: job => job with { CallbackUrl = Url })).Single();
        var without = (await Jobs.EnqueueAsync(1)).Single();
        await Host.RefuseAsync($"/batch/jobs/{id}/callback", 404);
        await Host.CallAsync(HttpMethod.Delete, $"/batch/jobs/{id}", 200);
        await Host.CallAsync(HttpMethod.Delete, $"/batch/jobs/{without}", 200);
        Assert.That(Text(await Host.GetAsync($"/batch/jobs/{id}/callback"), "status"), Is.EqualTo("pending"));
        var delivered = await FindAsync(id);
        await Host.Get<CallbackLedger>().WriteAsync(delivered, delivered.Delivery with { State = DeliveryState.Delivered, Attempts = 1, Status = 200, LastMs = 1 });
        Assert.That(Text(await Host.GetAsync($"/batch/jobs/{id}/callback"), "status"), Is.EqualTo("delivered"));
        Assert.That(Text(await Host.PostAsync($"/batch/jobs/{id}/callback", 202), "status"), Is.EqualTo("pending"));
        Assert.That(await Host.Get<CallbackLedger>().TakeAsync(CallbackMark.HostOf(Url), 10, TimeSpan.FromSeconds(1)), Has.Length.EqualTo(1));
        foreach (var none in new[] { without, "job_0000000000000000000000000G", "x" })
        {
            await Host.RefuseAsync($"/batch/jobs/{none}/callback", 404);
            await Host.PostAsync($"/batch/jobs/{none}/callback", 404);
        }
    }

    [Test]
    public async Task A_job_with_a_callback_is_shown_as_any_other_and_its_callback_outlives_its_data()
    {
        var id = (await EndedAsync(1)).Single();
        Assert.That((await Host.GetAsync($"/batch/jobs/{id}")).GetProperty("metadata").ToString(), Is.EqualTo("""{"tenant":"acme"}"""));
        await Host.CallAsync(HttpMethod.Delete, $"/batch/jobs/{id}/data", 200);
        Assert.That((await Host.GetAsync($"/batch/jobs/{id}")).GetProperty("metadata").ToString(), Is.Empty);
        Assert.That((await FindAsync(id)).Url, Is.EqualTo(Url));
    }

    private async Task<List<string>> EndedAsync(int count)
    {
        var ids = await Jobs.EnqueueAsync(count, change: job => job with { CallbackUrl = Url });
        await Host.PostAsync("/batch/jobs/cancel", 200, new { filter = new { } });
        return ids;
    }

    private async Task<Callback> FindAsync(string id) => (await Host.Get<CallbackLedger>().FindAsync(CallbackHarness.IdOf(id)))!;

    private async Task GiveUpAsync(string id, DeliveryState state)
    {
        var callback = await FindAsync(id);
        Assert.That(await Host.Get<CallbackLedger>().WriteAsync(callback, callback.Delivery with { State = state, Attempts = 10, Error = DeliveryError.Status, Status = 500, LastMs = callback.Event.AtMs }), Is.True);
    }
}
