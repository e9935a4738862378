namespace BatchWorker.Tests.Simulation;

/// <summary>An oracle found a promise broken.</summary>
/// <param name="oracle">Which oracle.</param>
/// <param name="message">What it saw.</param>
internal sealed class Violation(string oracle, string message) : Exception($"{oracle}: {message}")
{
    public string Oracle => oracle;

    public static void Unless(bool holds, string oracle, FormattableString message)
    {
        if (!holds)
        {
            throw new Violation(oracle, FormattableString.Invariant(message));
        }
    }
}
