using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>The delivery of an end to its receiver.</summary>
/// <param name="WebhookId">Names the event in the header <c>webhook-id</c>, the same in every attempt.</param>
/// <param name="JobId">The job that ended; null for a batch.</param>
/// <param name="BatchId">The batch that ended; null for a job.</param>
/// <param name="Event">How it ended.</param>
/// <param name="Status"><c>pending, delivered, exhausted, disabled</c>.</param>
/// <param name="Host">Host of the receiver, with its port where it is not the usual one. The rest of the address is not shown: it may hold secrets.</param>
/// <param name="Attempts">Attempts that were made.</param>
/// <param name="LastError">What came of the last one: <c>refused, unreachable, timeout, blocked, gone</c>; null before the first and for none.</param>
/// <param name="LastStatus">HTTP status of the last one; null without an answer.</param>
/// <param name="LastAttemptAt">When the last one was.</param>
/// <param name="NextAttemptAt">When the next one is; null when there is none.</param>
/// <param name="EndedAt">When the job or batch ended.</param>
internal sealed record CallbackAnswer(
    string WebhookId,
    string? JobId,
    string? BatchId,
    string Event,
    string Status,
    string? Host,
    int Attempts,
    string? LastError,
    int? LastStatus,
    DateTimeOffset? LastAttemptAt,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset EndedAt)
{
    public static CallbackAnswer Of(Callback callback)
    {
        var (delivery, isBatch) = (callback.Delivery, callback.Event.Subject.IsBatch);
        return new CallbackAnswer(
            callback.WebhookId,
            isBatch ? null : callback.Id,
            isBatch ? callback.Id : null,
            callback.State,
            delivery.State.Wire(),
            callback.Url is { } url ? new Uri(url).Authority : null,
            delivery.Attempts,
            delivery.Error == DeliveryError.None ? null : delivery.Error.Wire(),
            delivery.Status == 0 ? null : delivery.Status,
            delivery.LastMs == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(delivery.LastMs),
            delivery.State != DeliveryState.Pending ? null : DateTimeOffset.FromUnixTimeMilliseconds(delivery.NextMs == 0 ? callback.Event.AtMs : delivery.NextMs),
            DateTimeOffset.FromUnixTimeMilliseconds(callback.Event.AtMs));
    }
}
