using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace BatchWorker.Monitoring;

/// <summary>A report for spreadsheets, one line a day. A cell that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection).</summary>
internal static class ReportCsv
{
    private static readonly CsvConfiguration s_form = new(CultureInfo.InvariantCulture)
    {
        InjectionOptions = InjectionOptions.Escape,
        InjectionCharacters = ['=', '+', '-', '@', '\t', '\r', '\n'],
        NewLine = "\r\n",
    };

    public static string Write(Report report)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = Open(text))
        {
            WriteLine(csv, ["date", "jobs", "succeeded", "failed", "batches", "realtime_cost", "batch_cost", "saved"]);
            foreach (var (date, sums) in report.Days)
            {
                WriteLine(csv,
                [
                    date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Number(sums.Jobs), Number(sums.Succeeded), Number(sums.Failed), Number(sums.Batches),
                    Number(sums.Amounts.Realtime), Number(sums.Amounts.Batch), Number(sums.Amounts.Saved),
                ]);
            }
        }
        return text.ToString();
    }

    public static CsvWriter Open(TextWriter text) => new(text, s_form);

    public static void WriteLine(CsvWriter csv, IEnumerable<string> cells)
    {
        foreach (var cell in cells)
        {
            csv.WriteField(cell);
        }
        csv.NextRecord();
    }

    /// <summary>Plain decimals; nothing where a price is unknown.</summary>
    private static string Number(decimal? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
