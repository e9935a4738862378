using BatchWorker.Simulator.Faults;
using Microsoft.Win32.SafeHandles;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>Where a request stands in the input file.</summary>
internal readonly record struct LinePlace(long Offset, int Length);

/// <summary>The validated requests of a batch: places in the input file, which stays open, and the order in which they run.</summary>
internal sealed class BatchInput : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly IReadOnlyList<LinePlace> _lines;
    private readonly int[] _order;
    private readonly Dictionary<int, ItemFate> _fates = [];
    private byte[] _buffer = [];

    public BatchInput(string path, IReadOnlyList<LinePlace> lines, long tokens, ulong seed)
    {
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
        _lines = lines;
        _order = [.. Enumerable.Range(0, lines.Count)];
        new Random((int)seed).Shuffle(_order);
        Tokens = tokens;
    }

    public int Count => _lines.Count;

    /// <summary>Prompt tokens of all requests.</summary>
    public long Tokens { get; }

    /// <summary>Draws each request's fate, as it begins to run.</summary>
    public void Begin(ItemFates fates, Action<string> began)
    {
        for (var line = 0; line < Count; line++)
        {
            var bytes = Bytes(line);
            var request = Request(bytes);
            var fate = request.Prompt!.Stream ? StreamRefused : fates.Run(OpenAiAccount.Provider, request.CustomId!, bytes[request.Body]);
            if (fate is not null)
            {
                _fates.Add(line, fate);
            }
            began(request.CustomId!);
        }
    }

    /// <summary>Of the first requests to run, those that fail.</summary>
    public int FailuresAmong(int done, string endpoint) => _fates.Count == 0
        ? 0
        : _order.Take(done).Count(line => _fates.TryGetValue(line, out var fate) && ResultLine.IsFailure(fate, endpoint));

    /// <summary>Goes through all requests in the order in which they run.</summary>
    public void Visit(Action<int, InputLine, ReadOnlySpan<byte>, ItemFate?> visit)
    {
        for (var position = 0; position < Count; position++)
        {
            var bytes = Bytes(_order[position]);
            var request = Request(bytes);
            visit(position, request, bytes[request.Body], _fates.GetValueOrDefault(_order[position]));
        }
    }

    public void Dispose() => _file.Dispose();

    // A batch has nobody to stream to (OpenAI batch guide)
    private static ItemFate StreamRefused { get; } = new() { Code = ItemFault.InvalidRequest, Message = "Unsupported parameter: 'stream' is not supported in batches." };

    private static InputLine Request(ReadOnlySpan<byte> line) => InputLine.Parse(line) ?? throw new InvalidDataException("A validated input file has changed.");

    private ReadOnlySpan<byte> Bytes(int line)
    {
        var place = _lines[line];
        if (_buffer.Length < place.Length)
        {
            _buffer = new byte[place.Length * 2];
        }
        var bytes = _buffer.AsSpan(0, place.Length);
        for (var read = 0; read < place.Length;)
        {
            var more = RandomAccess.Read(_file, bytes[read..], place.Offset + read);
            read += more > 0 ? more : throw new InvalidDataException("A validated input file is shorter than before.");
        }
        return bytes;
    }
}
