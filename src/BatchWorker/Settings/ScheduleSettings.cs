using System.Globalization;
using System.Text.RegularExpressions;
using Quartz;

namespace BatchWorker.Settings;

/// <summary>When the queue is drained.</summary>
/// <param name="Cron">A Quartz cron expression in its zone.</param>
internal sealed partial record ScheduleSettings(CronExpression Cron)
{
    private const string TimeVariable = "BATCH_SCHEDULE_TIME";
    private const string CronVariable = "BATCH_SCHEDULE_CRON";
    private const string ZoneVariable = "BATCH_SCHEDULE_TIMEZONE";

    /// <summary>
    /// The first slot after a moment. A local time that daylight saving skips comes at the next one that exists,
    /// one that it doubles comes once.
    /// </summary>
    public DateTimeOffset? NextAfter(DateTimeOffset time) => Cron.GetNextValidTimeAfter(time);

    public override string ToString() => $"{Cron.CronExpressionString} {Cron.TimeZone.Id}";

    public static ScheduleSettings Read(SettingsReader settings)
    {
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(settings.Text(ZoneVariable, "UTC"), out var found)
            ? found
            : throw StartRefusal.Of(ZoneVariable, "an IANA zone such as Europe/Berlin is expected.");
        var daily = ReadTime(settings.Text(TimeVariable, "02:00"));
        var schedule = new ScheduleSettings(ReadCron(settings.Text(CronVariable) ?? daily, zone));
        return schedule.NextAfter(TimeProvider.System.GetUtcNow()) is not null ? schedule
            : throw StartRefusal.Of(CronVariable, "a time that is still to come is expected.");
    }

    private static CronExpression ReadCron(string text, TimeZoneInfo zone)
    {
        try
        {
            return MeansEvery().IsMatch(text) ? throw new FormatException() : new CronExpression(text, zone);
        }
        catch (FormatException)
        {
            throw StartRefusal.Of(CronVariable, "a Quartz cron expression such as 0 0 2 * * ? is expected.");
        }
    }

    /// <summary>Quartz 4.7 keeps its own * and ? as 99 and 98, and takes an hour of 99 for every hour.</summary>
    [GeneratedRegex(@"\b9[89]\b")]
    private static partial Regex MeansEvery();

    private static string ReadTime(string text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? string.Create(CultureInfo.InvariantCulture, $"0 {time.Minute} {time.Hour} * * ?")
            : throw StartRefusal.Of(TimeVariable, "a time such as 02:00 is expected.");
}
