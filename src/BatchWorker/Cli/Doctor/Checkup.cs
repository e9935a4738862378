using System.Globalization;
using System.Text.Json;
using BatchWorker.Cli.Operators;
using BatchWorker.Settings;

namespace BatchWorker.Cli.Doctor;

/// <summary><c>doctor</c>: whether a daemon with this configuration can do its work here. It changes nothing, and daemons may run meanwhile.</summary>
internal static class Checkup
{
    private const int Slots = 5;
    private static readonly JsonSerializerOptions s_snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = false };
    private static readonly Column[] s_findings = [Column.Text("check", "check"), Column.Text("verdict", "verdict"), Column.Text("detail", "detail")];
    private static readonly Column[] s_settings = [Column.Text("setting", "name"), Column.Text("value", "value"), Column.Text("from", "source")];

    /// <summary>Answers 0, or 1 when a check failed.</summary>
    /// <param name="start">Whose configuration is looked at.</param>
    /// <param name="json">As one object instead of tables.</param>
    /// <param name="output">Where it is printed.</param>
    public static async Task<int> RunAsync(DaemonStart start, bool json, TextWriter output)
    {
        var builder = start.CreateBuilder();
        var reader = new SettingsReader(builder.Configuration);
        var urls = builder.Configuration[WebHostDefaults.ServerUrlsKey];
        var findings = new List<Finding>();
        IReadOnlyList<string> slots = [];
        if (ReadSettings(builder, reader, findings) is { } settings)
        {
            findings.AddRange(PlaceCheck.Run(settings));
            findings.Add(await StoreCheck.RunAsync(settings));
            findings.Add(await DaemonCheck.RunAsync(settings));
            findings.AddRange(await ProviderCheck.RunAsync(settings));
            slots = NextSlots(settings.Schedule);
            findings.Add(Finding.Ok("schedule", $"{settings.Schedule}; next {string.Join(", ", slots)}"));
        }
        Show(JsonSerializer.SerializeToElement(new
        {
            Checks = findings.Select(finding => new { finding.Check, Verdict = finding.Verdict.ToString().ToLowerInvariant(), finding.Detail }),
            NextDrains = slots,
            Settings = Describe(urls, reader),
        }, s_snake), json, output);
        return findings.Any(finding => finding.Verdict == Verdict.Fail) ? ExitCodes.No : ExitCodes.Done;
    }

    private static DaemonSettings? ReadSettings(WebApplicationBuilder builder, SettingsReader reader, List<Finding> findings)
    {
        try
        {
            var settings = DaemonSettings.Read(reader);
            BindGuard.Check(builder, settings.Keys, settings.Access);
            findings.Add(Finding.Ok("configuration", $"{reader.Known.Count(setting => setting.Source is not null)} of {reader.Known.Count} settings are set"));
            return settings;
        }
        catch (StartRefusal wrong)
        {
            findings.Add(Finding.Fail("configuration", wrong.Message));
            return null;
        }
    }

    /// <summary>In the zone of the schedule, with its distance from UTC: that is what a person compares with a clock on the wall.</summary>
    private static List<string> NextSlots(ScheduleSettings schedule)
    {
        var slots = new List<string>();
        for (var slot = schedule.NextAfter(TimeProvider.System.GetUtcNow()); slot is { } at && slots.Count < Slots; slot = schedule.NextAfter(at))
        {
            slots.Add(TimeZoneInfo.ConvertTime(at, schedule.Cron.TimeZone).ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture));
        }
        return slots;
    }

    private static IEnumerable<object> Describe(string? urls, SettingsReader reader)
    {
        yield return new { Name = "ASPNETCORE_URLS", Value = string.IsNullOrEmpty(urls) ? BindGuard.DefaultUrls : urls, Source = string.IsNullOrEmpty(urls) ? "default" : "environment" };
        foreach (var setting in reader.Known)
        {
            yield return new { setting.Name, Value = setting.Shown, Source = setting.Source ?? "default" };
        }
    }

    private static void Show(JsonElement report, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(report.GetRawText());
            return;
        }
        TableWriter.Table(output, Cells.Each(report, "checks"), s_findings);
        output.WriteLine("");
        TableWriter.Table(output, Cells.Each(report, "settings"), s_settings);
    }
}
