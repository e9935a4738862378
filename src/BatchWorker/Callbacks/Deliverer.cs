using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Callbacks;

/// <summary>Delivers one event: reads it, sends it, writes down what came of it. Cut off anywhere, it is sent again under the same id.</summary>
internal sealed class Deliverer(CallbackLedger ledger, CallbackSender sender, IEventBodies bodies, CallbackOptions options, TimeProvider time, CallbackInstruments instruments, ILogger<Deliverer> logger)
{
    /// <summary>Answers whether the host answered; null when it was not asked.</summary>
    public async Task<bool?> DeliverAsync(CallbackSubject subject, uint host, CancellationToken cancellationToken)
    {
        if (await ledger.FindDueAsync(subject, host) is not { } callback)
        {
            return null;
        }
        var attempt = await AttemptAsync(callback, cancellationToken);
        await Failpoints.HitAsync(Failpoint.F19);
        await WriteAsync(callback, attempt);
        instruments.Attempted(attempt.Error.Wire());
        return attempt.Error == DeliveryError.Blocked || (attempt.Error == DeliveryError.Gone && !attempt.IsAnswered) ? null : attempt.IsAnswered;
    }

    private async Task<Attempt> AttemptAsync(Callback callback, CancellationToken cancellationToken)
    {
        if (callback.Url is not { } url || await ledger.IsGoneAsync(url) || await bodies.WriteAsync(callback.Event.Subject, callback.Id, cancellationToken) is not { } body)
        {
            return new Attempt(DeliveryError.Gone);
        }
        return await sender.SendAsync(url, callback.WebhookId, body, cancellationToken);
    }

    /// <summary>A job that only changed its form meanwhile, such as one whose data was erased, keeps its event.</summary>
    private async Task WriteAsync(Callback callback, Attempt attempt)
    {
        for (Callback? now = callback; now is not null && now.WebhookId == callback.WebhookId && now.Delivery == callback.Delivery; now = await ledger.FindAsync(callback.Event.Subject))
        {
            var next = DeliveryRules.After(now.Delivery, attempt, time.GetUtcNow(), options.Chance());
            if (await ledger.WriteAsync(now, next))
            {
                Tell(now, next, attempt);
                return;
            }
        }
    }

    private void Tell(Callback callback, Delivery next, Attempt attempt)
    {
        switch (next.State)
        {
            case DeliveryState.Delivered:
                Log.Delivered(logger, callback.WebhookId, next.Attempts);
                break;
            case DeliveryState.Pending:
                Log.AttemptFailed(logger, callback.WebhookId, next.Attempts, attempt.Error.Wire(), attempt.Status, DateTimeOffset.FromUnixTimeMilliseconds(next.NextMs));
                break;
            default:
                Log.GivenUp(logger, callback.WebhookId, next.Attempts, attempt.Error.Wire(), attempt.Status);
                break;
        }
    }
}
