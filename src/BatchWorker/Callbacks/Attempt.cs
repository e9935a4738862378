using BatchWorker.Queue;

namespace BatchWorker.Callbacks;

/// <summary>What came of one attempt.</summary>
/// <param name="Error">Why it failed; none when it was delivered.</param>
/// <param name="Status">HTTP status; 0 without an answer.</param>
/// <param name="RetryAfter">When the receiver wants the next one; null when it does not say.</param>
internal sealed record Attempt(DeliveryError Error, int Status = 0, TimeSpan? RetryAfter = null)
{
    /// <summary>Whether the receiver is there at all.</summary>
    public bool IsAnswered => Status != 0;
}
