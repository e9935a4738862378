namespace BatchWorker.Queue;

/// <summary>The words for deliveries in answers, counters and logs.</summary>
internal static class DeliveryWords
{
    public static string Wire(this DeliveryState state) => state switch
    {
        DeliveryState.Pending => "pending",
        DeliveryState.Delivered => "delivered",
        DeliveryState.Exhausted => "exhausted",
        _ => "disabled",
    };

    /// <summary>What came of an attempt.</summary>
    public static string Wire(this DeliveryError error) => error switch
    {
        DeliveryError.None => "delivered",
        DeliveryError.Status => "refused",
        DeliveryError.Unreachable => "unreachable",
        DeliveryError.Timeout => "timeout",
        DeliveryError.Blocked => "blocked",
        _ => "gone",
    };
}
