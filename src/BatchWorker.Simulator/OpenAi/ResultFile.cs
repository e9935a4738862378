using System.Text;
using BatchWorker.Simulator.Engine;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>A result file being written: lines go to the disk as they come, and are put into another order at the end.</summary>
internal sealed class ResultFile : IDisposable
{
    private readonly FileShelf _shelf;
    private readonly string _name;
    private readonly Random _random;
    private readonly string _draftPath;
    private readonly FileStream _draft;
    private readonly List<(long Offset, int Length)> _places = [];

    public ResultFile(FileShelf shelf, string name, int seed)
    {
        _shelf = shelf;
        _name = name;
        _random = new Random(seed);
        _draftPath = shelf.Reserve().Path + ".draft";
        _draft = new FileStream(_draftPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
    }

    public void Add(byte[] line)
    {
        _places.Add((_draft.Position, line.Length));
        _draft.Write(line);
    }

    /// <summary>Shuffles, mutates and files it; null when it has no line.</summary>
    public StoredFile? Finish(IReadOnlyList<LineMutation> mutations)
    {
        if (_places.Count == 0)
        {
            return null;
        }
        var order = Enumerable.Range(0, _places.Count).ToArray();
        _random.Shuffle(order);
        var struck = Assign(mutations, order.Length);
        var (id, path) = _shelf.Reserve();
        using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
        {
            for (var i = 0; i < order.Length; i++)
            {
                Write(file, Read(_places[order[i]]), struck.GetValueOrDefault(i));
            }
        }
        return _shelf.Add(id, path, _name, "batch_output");
    }

    public void Dispose()
    {
        _draft.Dispose();
        File.Delete(_draftPath);
    }

    private Dictionary<int, string> Assign(IReadOnlyList<LineMutation> mutations, int lines)
    {
        var struck = new Dictionary<int, string>();
        foreach (var mutation in mutations)
        {
            for (var i = 0; i < Math.Min(mutation.Lines, lines - struck.Count); i++)
            {
                int line;
                do
                {
                    line = _random.Next(lines);
                }
                while (!struck.TryAdd(line, mutation.Kind));
            }
        }
        return struck;
    }

    private byte[] Read((long Offset, int Length) place)
    {
        var line = new byte[place.Length];
        _draft.Seek(place.Offset, SeekOrigin.Begin);
        _draft.ReadExactly(line);
        return line;
    }

    private static void Write(FileStream file, byte[] line, string? mutation)
    {
        switch (mutation)
        {
            case "missing":
                return;
            case "corrupt":
                file.Write("{\"id\":##"u8);
                break;
            case "truncate_line":
                file.Write(line.AsSpan(0, line.Length / 2));
                break;
            case "duplicate":
                file.Write(line);
                file.Write("\n"u8);
                file.Write(line);
                break;
            case "unknown_id":
                file.Write(line);
                file.Write("\n"u8);
                file.Write("{\"id\":\"batch_req_0\",\"custom_id\":\"nobody-asked\",\"response\":{\"status_code\":200,\"request_id\":\"req_0\",\"body\":{}},\"error\":null}"u8);
                break;
            case "invalid_utf8":
                file.Write(line.AsSpan(0, line.Length / 2));
                file.Write([0xff, 0xfe]);
                file.Write(line.AsSpan(line.Length / 2));
                break;
            case "blank":
                file.Write(line);
                file.Write("\n   \n"u8);
                break;
            case "not_object":
                file.Write(Encoding.UTF8.GetBytes("[1,2]"));
                break;
            default:
                file.Write(line);
                break;
        }
        file.Write("\n"u8);
    }
}
