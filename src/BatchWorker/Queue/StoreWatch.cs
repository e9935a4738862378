namespace BatchWorker.Queue;

/// <summary>Gives up a store in this process that stands still: the next process finds everything that was committed, this one would wait for ever.</summary>
/// <param name="ask">Asks it something.</param>
/// <param name="time">How long it has not answered.</param>
/// <param name="abandon">Ends this process.</param>
internal sealed class StoreWatch(Func<Task> ask, TimeProvider time, Action abandon)
{
    /// <summary>Longer than any checkpoint or collection of garbage that was seen to hold it up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private long _answered = time.GetTimestamp();

    public async Task LookAsync()
    {
        try
        {
            await ask();
            _answered = time.GetTimestamp();
        }
        catch (Exception away) when (StoreFailures.IsAway(away) && time.GetElapsedTime(_answered) >= Patience)
        {
            abandon();
        }
    }
}
