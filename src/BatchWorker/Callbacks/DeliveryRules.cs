using BatchWorker.Queue;

namespace BatchWorker.Callbacks;

/// <summary>What becomes of a delivery after an attempt; pure.</summary>
internal static class DeliveryRules
{
    /// <summary>A receiver that asks for more is asked again then all the same.</summary>
    private static readonly TimeSpan s_longestWish = TimeSpan.FromHours(24);

    /// <summary>Waits after the first attempt, the second, …; after the last one comes none. Together 75 h 35 min.</summary>
    private static readonly TimeSpan[] s_waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>Attempts that an event gets.</summary>
    public static int Attempts => s_waits.Length + 1;

    /// <summary>How long an event is tried at least before it is given up.</summary>
    public static TimeSpan Tried { get; } = s_waits.Aggregate(TimeSpan.Zero, (sum, wait) => sum + wait);

    /// <param name="before">How far it was.</param>
    /// <param name="attempt">What came of the attempt.</param>
    /// <param name="now">When.</param>
    /// <param name="chance">0 to 1, see <see cref="CallbackOptions.Chance"/>.</param>
    public static Delivery After(Delivery before, Attempt attempt, DateTimeOffset now, double chance)
    {
        var next = before with { Attempts = before.Attempts + 1, Error = attempt.Error, Status = attempt.Status, LastMs = now.ToUnixTimeMilliseconds(), NextMs = 0 };
        return attempt.Error switch
        {
            DeliveryError.None => next with { State = DeliveryState.Delivered },
            DeliveryError.Gone => next with { State = DeliveryState.Disabled },
            _ when next.Attempts >= Attempts => next with { State = DeliveryState.Exhausted },
            _ => next with { NextMs = (now + WaitAfter(next.Attempts, attempt.RetryAfter, chance)).ToUnixTimeMilliseconds() },
        };
    }

    private static TimeSpan WaitAfter(int attempts, TimeSpan? wish, double chance)
    {
        var least = s_waits[attempts - 1] * (1 + (chance / 10));
        return wish is not { } asked || asked < least ? least : asked < s_longestWish ? asked : s_longestWish;
    }
}
