using System.Globalization;
using System.Text.Json;

namespace BatchWorker.Benchmarks;

/// <summary>What was measured, as a table for people and as JSON for programs.</summary>
internal sealed class LoadFigures
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };
    private readonly List<(string Name, string Unit, double Value)> _figures = [];

    public void Add(string name, string unit, double value) => _figures.Add((name, unit, value));

    public string ToJson(int lines, int singles) => JsonSerializer.Serialize(
        new { lines, singles, figures = _figures.Select(figure => new { name = figure.Name, unit = figure.Unit, value = Math.Round(figure.Value, 3) }) },
        s_indented);

    public override string ToString() => string.Join('\n', _figures.Select(figure =>
        string.Create(CultureInfo.InvariantCulture, $"| {figure.Name,-66} | {figure.Value,12:N2} {figure.Unit,-12} |")));
}
