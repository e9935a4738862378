using System.Text.Json;

namespace BatchWorker.Cli.Operators;

/// <summary>A column of a table, or a line of a card.</summary>
/// <param name="Head">Its name.</param>
/// <param name="Read">What it shows of an item.</param>
/// <param name="IsNumber">Whether it is aligned to the right.</param>
internal sealed record Column(string Head, Func<JsonElement, string> Read, bool IsNumber = false)
{
    public static Column Text(string head, string path) => new(head, item => Cells.Text(item, path));

    public static Column Number(string head, string path) => new(head, item => Cells.Number(item, path), IsNumber: true);

    public static Column Time(string head, string path) => new(head, item => Cells.Time(item, path));

    public static Column Dollars(string head, string path) => new(head, item => Cells.Dollars(item, path), IsNumber: true);
}
