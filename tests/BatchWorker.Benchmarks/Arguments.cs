using System.Globalization;

namespace BatchWorker.Benchmarks;

/// <summary>Options of a command: names, each with a value behind it.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = [];

    public Arguments(IReadOnlyList<string> words)
    {
        for (var i = 0; i + 1 < words.Count; i += 2)
        {
            _values[words[i]] = words[i + 1];
        }
        IsWhole = words.Count % 2 == 0;
    }

    /// <summary>Every name had a value.</summary>
    public bool IsWhole { get; }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public int Number(string name, int otherwise) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Words with commas between.</summary>
    public string[]? List(string name) => Text(name)?.Split(',');
}
