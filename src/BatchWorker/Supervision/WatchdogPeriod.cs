using System.Globalization;

namespace BatchWorker.Supervision;

/// <summary>How long the service manager waits for a sign of life, as sd_watchdog_enabled(3) reads it.</summary>
internal static class WatchdogPeriod
{
    /// <summary>Null when nobody waits, or waits for another process.</summary>
    /// <param name="variable">Reads the environment.</param>
    /// <param name="pid">This process.</param>
    public static TimeSpan? Read(Func<string, string?> variable, int pid) =>
        (variable("WATCHDOG_PID") is not { Length: > 0 } meant || meant == pid.ToString(CultureInfo.InvariantCulture))
        && long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
}
