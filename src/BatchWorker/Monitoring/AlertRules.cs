using System.Globalization;
using BatchWorker.Queue;

namespace BatchWorker.Monitoring;

/// <summary>
/// Which alerts there are after a look at the facts; pure. An alert begins above its threshold and is over only below four fifths of it,
/// so that a value that trembles around the threshold does not raise it again and again.
/// </summary>
internal static class AlertRules
{
    public const string HighFailureRate = "high_failure_rate";
    public const string StaleBatch = "stale_batch";
    public const string LargeQueue = "large_queue";
    public const string SavingsMilestone = "savings_milestone";
    public const string UnpricedAnswers = "unpriced_model";
    public const string Drift = "provider_drift";
    public const string Warning = "warning";
    private const string Info = "info";
    private const int LeastBatches = 5;
    private const decimal Release = 0.8m;
    private const int MostStale = 100;
    private const int MostRecent = 100;
    private static readonly TimeSpan s_milestoneShown = TimeSpan.FromDays(1);

    public static AlertBook Apply(AlertBook book, AlertFacts facts, AlertOptions options, DateTimeOffset now)
    {
        var known = book.Active.Where(alert => alert.Type != SavingsMilestone).ToDictionary(alert => (alert.Type, alert.Subject));
        var conditions = Conditions(facts, options).Select(condition => Judge(condition, known.GetValueOrDefault((condition.Type, condition.Subject)), now)).OfType<Alert>();
        var (milestone, passed) = Milestone(book, facts, options, now);
        var active = conditions.Concat(passed is null ? [] : [passed]).Concat(book.Active.Where(alert => alert.Type == SavingsMilestone && now - alert.Since < s_milestoneShown)).ToArray();
        var ids = active.Select(alert => alert.Id).ToHashSet();
        var over = book.Active.Where(alert => !ids.Contains(alert.Id)).Select(alert => alert with { EndedAt = now });
        return book with { Active = active, Recent = [.. over.Concat(book.Recent).Take(MostRecent)], Milestone = milestone };
    }

    private static IEnumerable<Condition> Conditions(AlertFacts facts, AlertOptions options)
    {
        var rate = facts.Ended == 0 ? 0 : Math.Round(100m * facts.Failed / facts.Ended, 2);
        yield return new Condition(HighFailureRate, null, Warning, rate, options.FailurePercent, Text($"{facts.Failed} of the {facts.Ended} batches that ended in the last 24 hours failed"))
        {
            Applies = facts.Ended >= LeastBatches,
        };
        yield return new Condition(LargeQueue, null, Info, facts.Waiting, options.QueueSize, Text($"{facts.Waiting:N0} jobs wait"));
        foreach (var batch in facts.Open.OrderByDescending(batch => batch.AgeHours).Take(MostStale))
        {
            yield return new Condition(StaleBatch, batch.Id, Warning, Math.Round(batch.AgeHours, 2), options.StaleHours, Text($"{batch.Id} has not ended after {batch.AgeHours:0.##} hours"));
        }
        foreach (var model in facts.Unpriced)
        {
            yield return new Condition(UnpricedAnswers, model.Model, Warning, model.Answers, 0, Text($"{model.Answers:N0} answers of {model.Model} have no known price"));
        }
        foreach (var drift in facts.Drifts)
        {
            yield return new Condition(Drift, drift.Provider, Warning, drift.Batches, 0, Text($"batches of {drift.Provider} that ended in the last 24 hours have other counts than it says: {drift.Batches:N0}, the last is {drift.Newest ?? "gone"}"));
        }
    }

    /// <summary>The alert of a condition as it is now; null when there is none.</summary>
    private static Alert? Judge(Condition condition, Alert? before, DateTimeOffset now) =>
        before is not null && condition.Applies && condition.Value > condition.Threshold * Release ? before with { Message = condition.Message, Value = condition.Value, Threshold = condition.Threshold }
        : before is null && condition.Applies && condition.Value > condition.Threshold
            ? new Alert(IdOf(condition.Type, condition.Subject, now), condition.Type, condition.Subject, condition.Severity, condition.Message, condition.Value, condition.Threshold, now)
            : null;

    /// <summary>The highest milestone that was passed since the last one; each is told once, whatever becomes of the sum.</summary>
    private static (decimal Milestone, Alert? Alert) Milestone(AlertBook book, AlertFacts facts, AlertOptions options, DateTimeOffset now)
    {
        var reached = options.SavingsStep <= 0 ? 0 : Math.Floor(facts.Saved / options.SavingsStep) * options.SavingsStep;
        return reached <= book.Milestone
            ? (book.Milestone, null)
            : (reached, new Alert(IdOf(SavingsMilestone, Text($"{reached:0.############}"), now), SavingsMilestone, null, Info, Text($"${reached:#,0.##########} saved"), facts.Saved, reached, now));
    }

    private static string IdOf(string type, string? subject, DateTimeOffset now) =>
        Text($"{type}{(subject is null ? "" : "-" + subject)}-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Condition(string Type, string? Subject, string Severity, decimal Value, decimal Threshold, string Message)
    {
        /// <summary>There is enough to judge by.</summary>
        public bool Applies { get; init; } = true;
    }
}
