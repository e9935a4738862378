using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BatchWorker.Monitoring;

namespace BatchWorker.Control.Pages;

/// <summary>How the pages write numbers, money, times and JSON.</summary>
internal static class Wording
{
    private const int MostShown = 200_000;
    private static readonly JsonWriterOptions s_indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Percent(decimal? percent) => percent is { } known ? known.ToString("0.##", CultureInfo.InvariantCulture) + " %" : "–";

    public static string Usd(decimal? usd) => ReportPage.Usd(usd);

    public static string Time(DateTimeOffset? time) => time is { } known ? known.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC" : "–";

    public static string Machine(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public static string Hours(double? hours) => hours is { } known ? Span(TimeSpan.FromHours(known)) : "–";

    /// <summary>In its two largest units.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Days} d {span.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Hours} h {span.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min {span.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)span.TotalSeconds)} s"),
    };

    /// <summary>Indented for people, its first part when it is long. Numbers stay as they were written.</summary>
    public static string Json(RawJson? json)
    {
        if (json is null)
        {
            return "";
        }
        if (json.Bytes.Length > MostShown)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetString(json.Bytes.Span[..MostShown])}… ({json.Bytes.Length} bytes in all)");
        }
        using var document = JsonDocument.Parse(json.Bytes);
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, s_indented))
        {
            document.WriteTo(writer);
        }
        return Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>The colour of a state.</summary>
    public static string ClassOf(string status) => status switch
    {
        "succeeded" or "completed" or "healthy" or "running" or "submitted" => "good",
        "failed" or "expired" or "unauthorized" or "in_doubt" or "critical" => "bad",
        "cancelled" or "partial" or "paused" or "unavailable" or "stopped" or "missing" or "warning" => "warn",
        _ => "",
    };
}
