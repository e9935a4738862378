using System.Text;
using System.Text.Json;
using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Faults;

namespace BatchWorker.Simulator.Gemini;

/// <summary>
/// Reads the requests of a new batch. The tokens decide on the create call; what is wrong with a line fails the whole batch later.
/// Called inside the agenda's gate.
/// </summary>
internal sealed class GeminiInputCheck(ItemFates fates)
{
    private readonly List<ItemPlace> _places = [];

    public IReadOnlyList<ItemPlace> Places => _places;

    public long Tokens { get; private set; }

    /// <summary>What is wrong; null for nothing.</summary>
    public string? Fault { get; private set; }

    /// <summary>A file of lines.</summary>
    public void Run(Stream file)
    {
        var scanner = new LineScanner(file);
        while (scanner.Next())
        {
            if (!GeminiLine.IsBlank(scanner.Line))
            {
                Add(new ItemPlace(scanner.Offset, scanner.Length), scanner.Number, scanner.Line);
            }
        }
        if (_places.Count == 0)
        {
            Fault = "The input file is empty.";
        }
    }

    /// <summary>The requests of a create call; they go to a file as they came.</summary>
    public void Run(JsonElement requests, Stream file)
    {
        foreach (var request in requests.EnumerateArray())
        {
            var bytes = Encoding.UTF8.GetBytes(request.GetRawText());
            Add(new ItemPlace(file.Position, bytes.Length), _places.Count + 1, bytes);
            file.Write(bytes);
        }
    }

    private void Add(ItemPlace place, int number, ReadOnlySpan<byte> bytes)
    {
        _places.Add(place);
        if (GeminiLine.Parse(bytes) is not { Prompt: { } prompt } line)
        {
            Fault ??= $"Failed to parse the request at line {number}.";
            return;
        }
        Tokens += prompt.Tokens;
        if (fates.Validate(GeminiAccount.Provider, line.Id(bytes), bytes[line.Request]) is { } fate)
        {
            Fault ??= $"{fate.Message ?? "The request is invalid."}{(fate.NoLine ? "" : $" (line {number})")}";
        }
    }
}
