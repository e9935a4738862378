namespace BatchWorker.Cli.Doctor;

/// <summary>How a check ended.</summary>
internal enum Verdict
{
    Ok,

    /// <summary>It works, and somebody should look.</summary>
    Warn,

    /// <summary>It does not work.</summary>
    Fail,
}

/// <summary>What one check found.</summary>
/// <param name="Check">Its name.</param>
/// <param name="Verdict">How it ended.</param>
/// <param name="Detail">In words, without secrets.</param>
internal sealed record Finding(string Check, Verdict Verdict, string Detail)
{
    public static Finding Ok(string check, string detail) => new(check, Verdict.Ok, detail);

    public static Finding Warn(string check, string detail) => new(check, Verdict.Warn, detail);

    public static Finding Fail(string check, string detail) => new(check, Verdict.Fail, detail);
}
