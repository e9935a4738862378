using System.Globalization;

namespace BatchWorker.Tests.Simulation;

/// <summary>What a number of histories came to.</summary>
internal sealed class Report
{
    private readonly List<string> _violations = [];
    private int _histories;
    private long _jobs;
    private long _crashes;
    private long _looks;
    private long _duplicates;
    private long _noticed;
    private TimeSpan _lived;

    /// <summary>Each with the seed that shows it again.</summary>
    public IReadOnlyList<string> Violations => _violations;

    public Coverage Coverage { get; } = new();

    /// <summary>Runs a history to its end or to its first violation.</summary>
    public void Run(History history)
    {
        try
        {
            history.Run();
        }
        catch (Violation broken)
        {
            _violations.Add(string.Create(CultureInfo.InvariantCulture, $"seed {history.Seed} ({history.Plan.Theme}) after {history.Scheduler.Now}: {broken.Message}"));
        }
        _histories++;
        _jobs += history.Jobs;
        _crashes += history.Crashes;
        _looks += history.Oracles.Looks;
        _duplicates += history.Oracles.Duplicates.Duplicates;
        _noticed += history.Oracles.Duplicates.Noticed;
        _lived += history.Scheduler.Now;
        Coverage.Add(history.Coverage);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_histories} histories, {_jobs} jobs, {_crashes} crashes, {_lived.TotalHours:F0} hours of virtual time, {_looks} looks of the oracles, {_duplicates} duplicates where an assumption was broken, {_noticed} of them noticed, {_violations.Count} violations");
}
