using System.Globalization;
using Spectre.Console;

namespace BatchWorker.Cli;

/// <summary>Prints what came of a run.</summary>
internal static class SummaryTable
{
    private const int Width = 140;

    public static void Print(RunSummary summary)
    {
        var console = AnsiConsole.Console;
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = Width;
        }
        if (summary.Lines.Count == 0)
        {
            console.MarkupLine("Nothing was waiting.");
        }
        else
        {
            console.Write(Draw(summary));
            console.MarkupLineInterpolated($"{summary.Batches} batches. {Saving(summary)}");
        }
        foreach (var held in summary.Run.Held)
        {
            console.MarkupLineInterpolated($"Left in the queue: {held}");
        }
    }

    private static Table Draw(RunSummary summary)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("provider", "job type");
        foreach (var number in new[] { "jobs", "succeeded", "failed", "cancelled", "tokens in", "tokens out", "real time $", "paid $" })
        {
            table.AddColumn(number, column => column.RightAligned());
        }
        foreach (var line in summary.Lines.Append(Total(summary.Lines)))
        {
            table.AddRow(Markup.Escape(line.Provider), Markup.Escape(line.JobType), Text(line.Jobs), Text(line.Succeeded), Text(line.Failed), Text(line.Cancelled), Text(line.InputTokens), Text(line.OutputTokens), Money(line.Realtime), Money(line.Paid));
        }
        return table;
    }

    private static SummaryLine Total(IReadOnlyList<SummaryLine> lines) => new("all", "")
    {
        Jobs = lines.Sum(line => line.Jobs),
        Succeeded = lines.Sum(line => line.Succeeded),
        Failed = lines.Sum(line => line.Failed),
        Cancelled = lines.Sum(line => line.Cancelled),
        InputTokens = lines.Sum(line => line.InputTokens),
        OutputTokens = lines.Sum(line => line.OutputTokens),
        Realtime = lines.Sum(line => line.Realtime),
        Paid = lines.Sum(line => line.Paid),
        Unpriced = lines.Sum(line => line.Unpriced),
    };

    private static string Saving(RunSummary summary)
    {
        var all = Total(summary.Lines);
        var unpriced = all.Unpriced > 0 ? $" {all.Unpriced} jobs have no known price." : "";
        return all.Realtime == 0 ? unpriced.TrimStart()
            : $"Saved ${Money(all.Realtime - all.Paid)}, {Math.Round(100 * (all.Realtime - all.Paid) / all.Realtime, 1).ToString(CultureInfo.InvariantCulture)} %.{unpriced}";
    }

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Money(decimal dollars) => dollars.ToString("0.000000", CultureInfo.InvariantCulture);
}
