using Microsoft.Win32.SafeHandles;

namespace BatchWorker.Simulator.Batches;

/// <summary>Requests in a file, read one at a time; the file may be deleted while this is open.</summary>
internal sealed class ItemFile(string path) : IDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
    private byte[] _buffer = [];

    /// <summary>The bytes of a request; valid until the next call.</summary>
    public ReadOnlySpan<byte> Bytes(ItemPlace place)
    {
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

    public void Dispose() => _file.Dispose();
}
