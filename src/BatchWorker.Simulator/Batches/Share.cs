namespace BatchWorker.Simulator.Batches;

/// <summary>How many of a batch's requests are a share of them.</summary>
internal static class Share
{
    public static int Of(int count, double fraction) => (int)Math.Round(count * fraction);

    /// <summary>What is done by now of requests that began then and take so many seconds together.</summary>
    public static int DoneBy(DateTimeOffset now, DateTimeOffset began, double seconds, int count)
    {
        var share = seconds > 0 ? (now - began).TotalSeconds / seconds : 1;
        return (int)(count * Math.Clamp(share, 0, 1));
    }
}
