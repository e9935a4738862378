using System.Globalization;
using BatchWorker.Callbacks;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using Microsoft.AspNetCore.Http;

namespace BatchWorker.Tests.Callbacks;

/// <summary>Receivers that do not take what they are told.</summary>
internal sealed class FailingReceiverTests(StoreKind kind) : EachStore(kind)
{
    private static readonly TimeSpan[] s_waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

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
    public async Task An_event_that_is_refused_is_sent_for_three_days_under_one_id_with_the_time_of_each_attempt_and_is_then_kept_for_an_operator()
    {
        _receiver.Answer = (context, _) => Receiver.Status(context, 500);
        var id = await EndedAsync();
        var waits = new List<TimeSpan>();
        var begun = _harness.Time.GetUtcNow();
        await _harness.DeliverAsync();
        for (var attempt = 1; await NextAsync(id) is { } next; attempt++)
        {
            Assert.That(_receiver.Calls, Has.Count.EqualTo(attempt));
            waits.Add(next - _harness.Time.GetUtcNow());
            await _harness.PassAsync(next - _harness.Time.GetUtcNow() - TimeSpan.FromMilliseconds(1));
            Assert.That(_receiver.Calls, Has.Count.EqualTo(attempt), "not before its time");
            await _harness.PassAsync(TimeSpan.FromMilliseconds(1));
            Assert.That(StandardWebhook.WhyNot(_receiver.Calls[^1].Headers, _receiver.Calls[^1].Body, CallbackHarness.Secret, _harness.Time.GetUtcNow()), Is.Null);
        }
        Assert.That(waits, Is.EqualTo(s_waits));
        Assert.That(_harness.Time.GetUtcNow() - begun, Is.GreaterThan(TimeSpan.FromDays(3)));
        Assert.That(_receiver.Calls.Select(call => call.Id).Distinct(), Is.EqualTo(new[] { $"{id}_cancelled" }));
        Assert.That(_receiver.Calls.Select(call => call.Headers["webhook-timestamp"]), Is.Unique);
        Assert.That((await _harness.DeliveryAsync(id))!.State, Is.EqualTo(DeliveryState.Exhausted));
        await _harness.PassAsync(TimeSpan.FromDays(10));
        Assert.That(_receiver.Calls, Has.Count.EqualTo(DeliveryRules.Attempts));

        _receiver.Answer = (context, _) => Receiver.Status(context, 200);
        Assert.That(await _harness.Get<CallbackBulk>().RunAsync(new CallbackWish(null, null, null, DryRun: true), CancellationToken.None), Is.EqualTo(new BulkCount(1, 0)));
        Assert.That(await _harness.Get<CallbackBulk>().RunAsync(new CallbackWish(null, new Uri(_receiver.Url).Authority, null, DryRun: false), CancellationToken.None), Is.EqualTo(new BulkCount(1, 1)));
        await _harness.DeliverAsync();
        Assert.That(_receiver.Calls[^1].Id, Is.EqualTo($"{id}_cancelled"), "an operator sends the same event");
        Assert.That((await _harness.DeliveryAsync(id))!, Has.Property("State").EqualTo(DeliveryState.Delivered).And.Property("Attempts").EqualTo(1));
    }

    [TestCase(429)]
    [TestCase(503)]
    public async Task A_receiver_that_says_when_to_come_again_is_believed_up_to_a_day(int status)
    {
        var wish = "3600";
        _receiver.Answer = (context, _) =>
        {
            context.Response.Headers.RetryAfter = wish;
            return Receiver.Status(context, status);
        };
        var id = await EndedAsync();
        await _harness.DeliverAsync();
        Assert.That(await NextAsync(id) - _harness.Time.GetUtcNow(), Is.EqualTo(TimeSpan.FromHours(1)));
        wish = _harness.Time.GetUtcNow().AddHours(3).ToString("R", CultureInfo.InvariantCulture);
        await _harness.PassAsync(TimeSpan.FromHours(1));
        Assert.That(await NextAsync(id) - _harness.Time.GetUtcNow(), Is.EqualTo(TimeSpan.FromHours(2)), "a date");
        wish = "99999999";
        await _harness.PassAsync(TimeSpan.FromHours(2));
        Assert.That(await NextAsync(id) - _harness.Time.GetUtcNow(), Is.EqualTo(TimeSpan.FromHours(24)));
        wish = "soon";
        await _harness.PassAsync(TimeSpan.FromHours(24));
        Assert.That(await NextAsync(id) - _harness.Time.GetUtcNow(), Is.EqualTo(s_waits[3]));
    }

    [Test]
    public async Task A_receiver_that_says_it_is_gone_is_told_nothing_more_until_an_operator_says_so()
    {
        _receiver.Answer = (context, _) => Receiver.Status(context, 410);
        var id = await EndedAsync();
        await _harness.DeliverAsync();
        var second = await EndedAsync("?job=2");
        await _harness.PassAsync(TimeSpan.FromDays(4));
        Assert.That(_receiver.Calls, Has.Count.EqualTo(1));
        Assert.That((await _harness.DeliveryAsync(id))!.State, Is.EqualTo(DeliveryState.Disabled));
        Assert.That((await _harness.DeliveryAsync(second))!.State, Is.EqualTo(DeliveryState.Disabled), "it has the same address");
        _receiver.Answer = (context, _) => Receiver.Status(context, 200);
        await _harness.Get<CallbackLedger>().SendAgainAsync((await _harness.Get<CallbackLedger>().FindAsync(CallbackHarness.IdOf(second)))!);
        await _harness.DeliverAsync();
        Assert.That(_receiver.Calls[^1].Id, Is.EqualTo($"{second}_cancelled"));
    }

    [TestCase(301)]
    [TestCase(302)]
    [TestCase(307)]
    [TestCase(308)]
    public async Task A_redirect_is_a_failure_and_is_not_followed(int status)
    {
        await using var other = await Receiver.StartAsync();
        _receiver.Answer = (context, _) =>
        {
            context.Response.Headers.Location = other.Url;
            return Receiver.Status(context, status);
        };
        var id = await EndedAsync();
        await _harness.DeliverAsync();
        Assert.That(other.Calls, Is.Empty);
        Assert.That(await _harness.DeliveryAsync(id), Has.Property("Error").EqualTo(DeliveryError.Status).And.Property("Status").EqualTo(status));
    }

    [Test]
    public async Task An_endless_answer_is_cut_and_its_head_counts()
    {
        _receiver.Answer = async (context, _) =>
        {
            context.Response.StatusCode = 200;
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(new byte[16 << 10], context.RequestAborted);
            }
        };
        var id = await EndedAsync();
        await _harness.DeliverAsync();
        Assert.That((await _harness.DeliveryAsync(id))!.State, Is.EqualTo(DeliveryState.Delivered));
    }

    [Test]
    public async Task A_receiver_that_hangs_or_is_not_there_keeps_nobody_else_waiting()
    {
        await using var fast = await Receiver.StartAsync();
        var told = new TaskCompletionSource();
        fast.Answer = (context, _) =>
        {
            told.TrySetResult();
            return Receiver.Status(context, 200);
        };
        var hanging = new SemaphoreSlim(0);
        _receiver.Answer = async (context, _) =>
        {
            hanging.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };
        var slow = await _harness.EnqueueAsync(_receiver.Url, 20);
        var other = (await _harness.EnqueueAsync(fast.Url)).Single();
        foreach (var id in slow.Append(other))
        {
            await _harness.CancelAsync(id);
        }
        var worker = _harness.Get<CallbackWorker>();
        await worker.RunOnceAsync(CancellationToken.None);
        await told.Task;
        for (var i = 0; i < 4; i++)
        {
            await hanging.WaitAsync();
        }
        await worker.RunOnceAsync(CancellationToken.None);
        Assert.That(_receiver.Calls, Has.Count.EqualTo(4), "a host has so many at a time");
        _harness.Time.Advance(TimeSpan.FromSeconds(15));
        await worker.WhenIdleAsync();
        Assert.That((await Task.WhenAll(slow.Select(_harness.DeliveryAsync))).Count(delivery => delivery!.Error == DeliveryError.Timeout), Is.EqualTo(4));
        Assert.That((await _harness.DeliveryAsync(other))!.State, Is.EqualTo(DeliveryState.Delivered));

        await worker.RunOnceAsync(CancellationToken.None); // the fifth failure and three more
        for (var i = 0; i < 4; i++)
        {
            await hanging.WaitAsync();
        }
        _harness.Time.Advance(TimeSpan.FromSeconds(15));
        await worker.WhenIdleAsync();
        Assert.That(worker.Rests(CallbackMark.HostOf(_receiver.Url)), Is.True);
        _harness.Time.Advance(TimeSpan.FromSeconds(20));
        await _harness.DeliverAsync();
        Assert.That(_receiver.Calls, Has.Count.EqualTo(8), "a host that does not answer rests");
        _harness.Time.Advance(TimeSpan.FromSeconds(11));
        _receiver.Answer = (context, _) => Receiver.Status(context, 200);
        await worker.RunOnceAsync(CancellationToken.None);
        await worker.WhenIdleAsync();
        Assert.That(_receiver.Calls, Has.Count.EqualTo(9), "then it gets one attempt");
        for (var i = 0; i < 10; i++)
        {
            await _harness.PassAsync(TimeSpan.FromMinutes(1));
        }
        Assert.That((await Task.WhenAll(slow.Select(_harness.DeliveryAsync))).Select(delivery => delivery!.State), Is.All.EqualTo(DeliveryState.Delivered));
    }

    [Test]
    public async Task What_waited_its_whole_time_for_a_host_that_does_not_answer_is_given_up()
    {
        string url;
        await using (var gone = await Receiver.StartAsync())
        {
            url = gone.Url;
        }
        var ids = await _harness.EnqueueAsync(url, 30);
        foreach (var id in ids)
        {
            await _harness.CancelAsync(id);
        }
        for (var hours = 0; hours < 80; hours++)
        {
            await _harness.PassAsync(TimeSpan.FromHours(1));
        }
        await _harness.Get<CallbackWatch>().RunOnceAsync();
        Assert.That((await Task.WhenAll(ids.Select(_harness.DeliveryAsync))).Select(delivery => delivery!.State), Is.All.EqualTo(DeliveryState.Exhausted));
        Assert.That((await _harness.Get<CallbackLedger>().CountAsync()).GivenUp, Is.EqualTo(30));
    }

    [Test]
    public async Task A_crash_between_the_answer_and_its_note_sends_the_same_id_again_from_any_replica()
    {
        var id = await EndedAsync();
        var ledger = _harness.Get<CallbackLedger>();
        var host = (await ledger.DueHostsAsync(1)).Single();
        var subject = (await ledger.TakeAsync(host, 1, TimeSpan.FromSeconds(60))).Single();
        var callback = (await ledger.FindDueAsync(subject, host))!;
        await _harness.Get<CallbackSender>().SendAsync(callback.Url!, callback.WebhookId, "{}"u8.ToArray(), CancellationToken.None);
        await using var other = await CallbackHarness.StartAsync(_harness);
        await other.DeliverAsync();
        Assert.That(_receiver.Calls, Has.Count.EqualTo(1), "it belongs to the one that died");
        await other.PassAsync(TimeSpan.FromSeconds(60));
        Assert.That(_receiver.Calls.Select(call => call.Id), Is.EqualTo(new[] { $"{id}_cancelled", $"{id}_cancelled" }));
        Assert.That((await _harness.DeliveryAsync(id))!.State, Is.EqualTo(DeliveryState.Delivered));
    }

    [Test]
    public async Task While_a_secret_is_replaced_each_of_both_verifies_and_afterwards_the_new_one()
    {
        const string next = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD+bUuFWvp5fE=";
        _receiver.Answer = (context, _) => Receiver.Status(context, 500);
        await EndedAsync();
        await _harness.DeliverAsync();
        await using var rotating = await CallbackHarness.StartAsync(_harness, $"{next} {CallbackHarness.Secret}");
        await rotating.PassAsync(TimeSpan.FromHours(1));
        await using var rotated = await CallbackHarness.StartAsync(_harness, next);
        await rotated.PassAsync(TimeSpan.FromHours(1));
        Assert.That(_receiver.Calls.Select(call => call.Id).Distinct().Count(), Is.EqualTo(1));
        var verified = _receiver.Calls.Select(call => (Old: Verifies(call, CallbackHarness.Secret), New: Verifies(call, next))).ToList();
        Assert.That(verified, Is.EqualTo(new[] { (true, false), (true, true), (false, true) }));
        Assert.That(_receiver.Calls[1].Headers["webhook-signature"].Split(' '), Has.Length.EqualTo(2));
    }

    [Test]
    public async Task No_log_line_holds_a_secret_an_address_or_what_the_job_asks()
    {
        const string canary = "canary-7f3a9c";
        _receiver.Answer = (context, _) => Receiver.Status(context, 500);
        var ids = await _harness.EnqueueAsync(_receiver.Url + "/" + canary, 1, job => job with { Data = System.Text.Encoding.UTF8.GetBytes($$"""{"model":"m","x":"{{canary}}"}"""), Metadata = System.Text.Encoding.UTF8.GetBytes($$"""{"m":"{{canary}}"}""") });
        await _harness.CancelAsync(ids.Single());
        await _harness.DeliverAsync();
        await _harness.PassAsync(TimeSpan.FromDays(1));
        _receiver.Answer = (context, _) => Receiver.Status(context, 410);
        await _harness.PassAsync(TimeSpan.FromDays(1));
        Assert.That(_harness.Logs.Lines, Has.Some.Contains("attempt 1 failed").And.Some.Contains("is given up"));
        Assert.That(_harness.Logs.Lines, Has.None.Contains(canary));
        Assert.That(_harness.Logs.Lines, Has.None.Contains(CallbackHarness.Secret["whsec_".Length..]));
    }

    private static bool Verifies(Call call, string secret) =>
        StandardWebhook.WhyNot(call.Headers, call.Body, secret, DateTimeOffset.FromUnixTimeSeconds(long.Parse(call.Headers["webhook-timestamp"], CultureInfo.InvariantCulture))) is null;

    private async Task<string> EndedAsync(string query = "")
    {
        var id = (await _harness.EnqueueAsync(_receiver.Url + query)).Single();
        await _harness.CancelAsync(id);
        return id;
    }

    private async Task<DateTimeOffset?> NextAsync(string id) =>
        await _harness.DeliveryAsync(id) is { NextMs: > 0 and var next } ? DateTimeOffset.FromUnixTimeMilliseconds(next) : null;
}
