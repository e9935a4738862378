using System.Text.Json;

namespace BatchWorker.Cli.Operators;

/// <summary>
/// Prints tables for a person as well as for <c>grep</c> and <c>awk</c>: a line for each item, never folded, nothing behind its last cell.
/// Heads are bold on a terminal, without <c>NO_COLOR</c> (no-color.org).
/// </summary>
internal static class TableWriter
{
    private const string Gap = "  ";
    private static readonly bool s_bold = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";

    public static void Table(TextWriter output, IEnumerable<JsonElement> items, IReadOnlyList<Column> columns)
    {
        string[][] rows = [[.. columns.Select(column => column.Head.ToUpperInvariant())], .. items.Select(item => columns.Select(column => Filled(column.Read(item))).ToArray())];
        var widths = columns.Select((_, place) => rows.Max(row => row[place].Length)).ToArray();
        foreach (var (number, row) in rows.Index())
        {
            var line = string.Join(Gap, row.Select((cell, place) => columns[place].IsNumber ? cell.PadLeft(widths[place]) : cell.PadRight(widths[place]))).TrimEnd();
            output.WriteLine(number == 0 ? Bold(line) : line);
        }
    }

    /// <summary>One item, a line for each field.</summary>
    public static void Card(TextWriter output, JsonElement item, IReadOnlyList<Column> fields)
    {
        var width = fields.Max(field => field.Head.Length);
        foreach (var field in fields)
        {
            output.WriteLine(Bold(field.Head) + new string(' ', width - field.Head.Length) + Gap + Filled(field.Read(item)));
        }
    }

    private static string Filled(string cell) => cell.Length == 0 ? Cells.None : cell;

    private static string Bold(string text) => s_bold ? $"\e[1m{text}\e[0m" : text;
}
