using System.Text;

namespace BatchWorker.Archive;

/// <summary>
/// The frame that results are being added to. They are copied as they come, so the caller may use its memory again.
/// </summary>
internal sealed class OpenFrame : IDisposable
{
    private readonly MemoryStream _raw = new();
    private readonly BinaryWriter _writer;

    public OpenFrame() => _writer = new BinaryWriter(_raw, Encoding.UTF8);

    /// <summary>Results inside.</summary>
    public ushort Count { get; private set; }

    /// <summary>Whether a result fits; an empty frame takes one of any size.</summary>
    public bool Takes(ArchivedResult result) =>
        Count == 0 || (Count < Frame.MostResults && _raw.Length + Frame.SizeOf(result) <= Frame.MostBytes);

    public void Add(ArchivedResult result)
    {
        Frame.Write(_writer, result);
        Count++;
    }

    /// <summary>The frame as it is stored.</summary>
    public byte[] Seal() => Frame.Seal(_raw.GetBuffer().AsSpan(0, (int)_raw.Length), Count);

    /// <summary>Begins the next frame.</summary>
    public void Clear()
    {
        Count = 0;
        _raw.SetLength(0);
        if (_raw.Capacity > 2 * Frame.MostBytes)
        {
            _raw.Capacity = 0;
        }
    }

    public void Dispose() => _writer.Dispose();
}
