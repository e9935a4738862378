using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace BatchWorker.Monitoring;

/// <summary>A report as one page that needs nothing else: to read, to send, to print.</summary>
internal static class ReportPage
{
    private const string Style = """
        body{font:14px/1.5 system-ui,sans-serif;color:#1c2733;max-width:60rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
        .figures{display:flex;flex-wrap:wrap;gap:1rem}.figures div{border:1px solid #d5dbe1;border-radius:6px;padding:.6rem 1rem}
        .figures b{display:block;font-size:1.3rem}svg{max-width:100%;height:auto}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        th,td{text-align:right;padding:.15rem .5rem;border-bottom:1px solid #e5e9ed}th:first-child,td:first-child{text-align:left}
        thead{display:table-header-group}tr{break-inside:avoid}
        @media print{body{margin:0;max-width:none;font-size:11px}@page{margin:15mm}}
        """;

    public static string Write(Report report)
    {
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
        page.Append("<title>BatchWorker report</title><style>").Append(Style).Append("</style></head><body>");
        page.Append(CultureInfo.InvariantCulture, $"<h1>BatchWorker, {Date(report.From)} to {Date(report.To)} (UTC)</h1>");
        WriteFigures(page, report);
        page.Append("<h2>Costs</h2>").Append(ReportCharts.Costs(report)).Append("<h2>Jobs</h2>").Append(ReportCharts.Jobs(report));
        WriteValues(page, report);
        WriteDays(page, report);
        return page.Append("</body></html>\n").ToString();
    }

    private static void WriteFigures(StringBuilder page, Report report)
    {
        var amounts = report.Totals.Amounts;
        page.Append("<div class=\"figures\">");
        Figure(page, "real-time price", Usd(amounts.Realtime));
        Figure(page, "paid", Usd(amounts.Batch));
        Figure(page, "saved", amounts.SavedPercent is { } percent ? $"{Usd(amounts.Saved)} ({percent.ToString("0.##", CultureInfo.InvariantCulture)} %)" : Usd(amounts.Saved));
        Figure(page, "answers without a known price", Number(amounts.Unpriced));
        Figure(page, "batches that differ from what their provider says", Number(report.Drifting));
        page.Append("</div>");
        if (report.Projection is { } projection)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>If it goes on like this</h2><p><b>{Usd(projection.RealtimePerDay)} → {Usd(projection.BatchPerDay)} a day</b>, which saves {Usd(projection.SavedPerMonth)} a month and <b>{Usd(projection.SavedPerYear)} a year</b>.</p><p>{Text(projection.Basis)}</p>");
        }
    }

    private static void WriteValues(StringBuilder page, Report report)
    {
        foreach (var key in report.ByValue.All.GroupBy(sum => sum.Key))
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>By {Text(key.Key)}</h2>");
            WriteTable(page, ["value", "jobs", "real-time price", "paid", "without a price"], key.Select(sum => new[]
            {
                sum.Value, Number(sum.Totals.Jobs), Usd(Lifecycle.PicoUsd.ToUsd(sum.Totals.RealtimePico)), Usd(Lifecycle.PicoUsd.ToUsd(sum.Totals.BatchPico)), Number(sum.Totals.Unpriced),
            }));
        }
    }

    private static void WriteDays(StringBuilder page, Report report)
    {
        page.Append("<h2>Days</h2>");
        WriteTable(
            page,
            ["date", "jobs", "succeeded", "failed", "batches", "real-time price", "paid", "saved"],
            report.Days.Select(day => Line(Date(day.Date), day.Sums)).Append(Line("all", report.Totals)));
    }

    private static string[] Line(string name, ReportSums sums) =>
        [name, Number(sums.Jobs), Number(sums.Succeeded), Number(sums.Failed), Number(sums.Batches), Usd(sums.Amounts.Realtime), Usd(sums.Amounts.Batch), Usd(sums.Amounts.Saved)];

    private static void WriteTable(StringBuilder page, string[] heads, IEnumerable<string[]> lines)
    {
        page.Append("<table><thead><tr>").AppendJoin("", heads.Select(head => $"<th>{Text(head)}</th>")).Append("</tr></thead><tbody>");
        foreach (var line in lines)
        {
            page.Append("<tr>").AppendJoin("", line.Select(cell => $"<td>{Text(cell)}</td>")).Append("</tr>");
        }
        page.Append("</tbody></table>");
    }

    private static void Figure(StringBuilder page, string name, string value) => page.Append("<div>").Append(Text(name)).Append("<b>").Append(Text(value)).Append("</b></div>");

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);

    private static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>To the cent, and below a dollar to the millionth.</summary>
    public static string Usd(decimal? usd) => usd switch
    {
        null => "unknown",
        { } amount when Math.Abs(amount) is > 0 and < 1 => "$" + amount.ToString("0.00####", CultureInfo.InvariantCulture),
        { } amount => "$" + amount.ToString("N2", CultureInfo.InvariantCulture),
    };
}
