using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>The slots of the schedule; handed in by the root.</summary>
/// <param name="NextAfter">The first slot after a moment; null when there is none any more.</param>
internal sealed record DrainSlots(Func<DateTimeOffset, DateTimeOffset?> NextAfter);

/// <summary>
/// Begins the drain of each slot exactly once over all replicas and restarts. What counts is the last slot that the ledger saw pass, so it does
/// not matter how often or how late anybody looks: slots that were missed together are one drain, a slot of a stopped scheduler is none.
/// </summary>
internal sealed class ScheduledDrain(RunLedger runs, Switches switches, DrainSlots slots, TimeProvider time)
{
    public const string Trigger = "schedule";

    /// <summary>How far back missed slots are looked for; default a month.</summary>
    private static readonly TimeSpan s_memory = TimeSpan.FromDays(31);

    /// <summary>The run that was begun; null when no slot has come since the last one.</summary>
    public async Task<RunRecord?> BeginDueAsync()
    {
        var now = time.GetUtcNow();
        var last = await runs.LastSlotAsync();
        if (last is null)
        {
            await runs.PassSlotAsync(null, now); // the first start waits for its first slot
            return null;
        }
        if (LatestBetween(last.Value, now) is not { } slot)
        {
            return null;
        }
        if (await switches.IsSchedulerStoppedAsync())
        {
            await runs.PassSlotAsync(last, slot);
            return null;
        }
        return await runs.BeginForSlotAsync(Trigger, last, slot);
    }

    private DateTimeOffset? LatestBetween(DateTimeOffset last, DateTimeOffset now)
    {
        DateTimeOffset? latest = null;
        var from = last < now - s_memory ? now - s_memory : last;
        for (var next = slots.NextAfter(from); next <= now; next = slots.NextAfter(next.Value))
        {
            latest = next;
        }
        return latest;
    }
}
