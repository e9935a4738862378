namespace BatchWorker.Cli;

/// <summary>How a command ended; from 64 on the words of <c>sysexits.h</c>.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The answer is no: not found, not allowed in this state, not ready, a check or a job failed.</summary>
    public const int No = 1;

    /// <summary>The command line can not be understood; nothing was asked.</summary>
    public const int Usage = 2;

    /// <summary>EX_UNAVAILABLE: nobody answers, or the daemon is broken.</summary>
    public const int Unreachable = 69;

    /// <summary>EX_TEMPFAIL: not now, the same command may work later.</summary>
    public const int NotNow = 75;

    /// <summary>EX_NOPERM: the key is missing, wrong, or lacks the scope.</summary>
    public const int Forbidden = 77;

    /// <summary>The code for a refusal of the daemon.</summary>
    public static int Of(int status) => status switch
    {
        401 or 403 => Forbidden,
        429 or 503 or 507 => NotNow,
        >= 500 => Unreachable,
        _ => No,
    };
}
