using BatchWorker.Simulator.Faults;

namespace BatchWorker.Simulator.Batches;

/// <summary>The validated requests of a batch: places in the file that they came in, which stays open, and the order in which they run.</summary>
internal sealed class BatchInput : IDisposable
{
    private readonly ItemFile _file;
    private readonly IReadOnlyList<ItemPlace> _places;
    private readonly ItemReader _read;
    private readonly int[] _order;
    private readonly Dictionary<int, ItemFate> _fates = [];

    /// <param name="path">The file; it may be deleted while this is open.</param>
    /// <param name="places">The requests in it.</param>
    /// <param name="tokens">Prompt tokens of all requests.</param>
    /// <param name="seed">For the order in which they run.</param>
    /// <param name="read">Reads one of them.</param>
    public BatchInput(string path, IReadOnlyList<ItemPlace> places, long tokens, ulong seed, ItemReader read)
    {
        _file = new ItemFile(path);
        _places = places;
        _read = read;
        _order = [.. Enumerable.Range(0, places.Count)];
        new Random((int)seed).Shuffle(_order);
        Tokens = tokens;
    }

    public int Count => _places.Count;

    /// <summary>Prompt tokens of all requests.</summary>
    public long Tokens { get; }

    /// <summary>Draws each request's fate, as it begins to run.</summary>
    public void Begin(string provider, ItemFates fates, Action<string> began)
    {
        for (var index = 0; index < Count; index++)
        {
            var bytes = Bytes(index);
            var item = _read(bytes);
            var fate = item.Refusal is { } message
                ? new ItemFate { Code = ItemFault.InvalidRequest, Message = message }
                : fates.Run(provider, item.CustomId, bytes[item.Body]);
            if (fate is not null)
            {
                _fates.Add(index, fate);
            }
            began(item.CustomId);
        }
    }

    /// <summary>Of the first requests to run, those that fail.</summary>
    public int FailuresAmong(int done, Predicate<ItemFate> isFailure) => _fates.Count == 0
        ? 0
        : _order.Take(done).Count(index => _fates.TryGetValue(index, out var fate) && isFailure(fate));

    /// <summary>Goes through all requests in the order in which they run: position, request, its body, its fate.</summary>
    public void Visit(Action<int, BatchItem, ReadOnlySpan<byte>, ItemFate?> visit)
    {
        for (var position = 0; position < Count; position++)
        {
            var bytes = Bytes(_order[position]);
            var item = _read(bytes);
            visit(position, item, bytes[item.Body], _fates.GetValueOrDefault(_order[position]));
        }
    }

    public void Dispose() => _file.Dispose();

    private ReadOnlySpan<byte> Bytes(int index) => _file.Bytes(_places[index]);
}
