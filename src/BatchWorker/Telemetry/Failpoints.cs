namespace BatchWorker.Telemetry;

/// <summary>
/// Holds the process at a <see cref="Failpoint"/>, once, when its environment says so. Switched off, which is decided before the first
/// call, a point is the test of a constant.
/// </summary>
internal static class Failpoints
{
    /// <summary><c>NAME:FILE</c>: at that point the file is written, and the process goes on when it is gone.</summary>
    public const string Variable = "BATCH_FAILPOINT";

    /// <summary>Must be <c>true</c> beside it.</summary>
    public const string Switch = "BATCH_ALLOW_FAILPOINTS";

    /// <summary>The point at which this process will be held; null for none.</summary>
    public static HeldAt? Armed { get; } = HeldAt.Parse(Environment.GetEnvironmentVariable(Variable), Environment.GetEnvironmentVariable(Switch));

    public static Task HitAsync(Failpoint point) => Armed is null ? Task.CompletedTask : Armed.HitAsync(point);
}

/// <summary>One point at which the process is held for as long as a file is there.</summary>
internal sealed class HeldAt(Failpoint armed, string file, TimeProvider time)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);
    private int _hit;

    /// <summary>Null when it is not allowed, or is no point and a file.</summary>
    public static HeldAt? Parse(string? text, string? allowed) =>
        allowed == "true" && text?.Split(':', 2) is [var name, { Length: > 0 } file] && Enum.TryParse<Failpoint>(name, out var point) && Enum.IsDefined(point)
            ? new HeldAt(point, file, TimeProvider.System)
            : null;

    public override string ToString() => armed.ToString();

    public async Task HitAsync(Failpoint point)
    {
        if (point != armed || Interlocked.Exchange(ref _hit, 1) == 1)
        {
            return;
        }
        await File.WriteAllTextAsync(file, ToString());
        while (File.Exists(file))
        {
            await Task.Delay(s_look, time);
        }
    }
}
