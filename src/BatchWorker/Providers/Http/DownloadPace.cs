namespace BatchWorker.Providers.Http;

/// <summary>Whether a download still comes: one that drips for ever would hold its batch for ever, and so would one without an end.</summary>
internal sealed class DownloadPace(ProviderTimeouts timeouts, TimeProvider time)
{
    /// <summary>Four times what Kestrel demands of its own callers.</summary>
    private const long SlowestBytesPerSecond = 1_000;

    private TimeSpan _waited;

    /// <summary>A word for why no more is read; null while more is.</summary>
    /// <param name="began">When the wait for these bytes began. The time that the reader takes to use them is not the provider's.</param>
    /// <param name="received">All bytes so far.</param>
    public string? Judge(long began, long received)
    {
        _waited += time.GetElapsedTime(began);
        return received > timeouts.MostBytes ? "answer_too_long"
            : _waited > timeouts.Idle + TimeSpan.FromSeconds(received / SlowestBytesPerSecond) ? "too_slow"
            : null;
    }
}
