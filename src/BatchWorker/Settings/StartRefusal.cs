namespace BatchWorker.Settings;

/// <summary>The daemon does not start: one line for a person, and an exit code of <c>sysexits.h</c> for whoever started it.</summary>
internal sealed class StartRefusal(int exitCode, string line) : Exception(line)
{
    /// <summary>EX_CONFIG: a setting is wrong.</summary>
    public const int Configuration = 78;

    /// <summary>EX_SOFTWARE: the store has lost data.</summary>
    public const int Lost = 70;

    /// <summary>EX_TEMPFAIL: the data directory is in use.</summary>
    public const int InUse = 75;

    /// <summary>EX_UNAVAILABLE: the store does not answer.</summary>
    public const int Unavailable = 69;

    public int ExitCode { get; } = exitCode;

    /// <summary>A wrong setting. The value is not repeated: it may be a secret.</summary>
    public static StartRefusal Of(string variable, string expected) => new(Configuration, $"{variable}: {expected}");
}
