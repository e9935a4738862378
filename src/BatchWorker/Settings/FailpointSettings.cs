using BatchWorker.Telemetry;

namespace BatchWorker.Settings;

/// <summary>A process that may be held by a file is for tests: nobody gets one by mistake.</summary>
internal static class FailpointSettings
{
    /// <summary>Refuses a failpoint that is not armed.</summary>
    public static void Check(SettingsReader settings)
    {
        if (settings.Text(Failpoints.Variable) is not null && Failpoints.Armed is null)
        {
            throw StartRefusal.Of(Failpoints.Variable, $"it is for tests: F1 to F18, a colon and a file are expected, in the environment and with {Failpoints.Switch}=true.");
        }
    }

    /// <summary>Says so when this process will be held.</summary>
    public static void Warn(ILogger logger)
    {
        if (Failpoints.Armed is { } point)
        {
            Log.FailpointArmed(logger, point);
        }
    }
}
