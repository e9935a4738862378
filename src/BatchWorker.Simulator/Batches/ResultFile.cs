using System.Text.Json;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Batches;

/// <summary>A file of results while it is written; it comes to be with its first line.</summary>
internal sealed class ResultFile(string path, LineMutation? mutation) : IDisposable
{
    private const int BufferSize = 256 * 1024;
    private FileStream? _stream;
    private ResultLines? _lines;

    public string Path => path;

    /// <summary>A line was meant to be in it, whether or not damage left one.</summary>
    public bool Exists => _stream is not null;

    public void Write(string customId, object line) => Write(customId, JsonSerializer.SerializeToUtf8Bytes(line, line.GetType(), WireJson.Options).AsSpan());

    /// <param name="customId">The caller's id in the line.</param>
    /// <param name="line">The line as its provider spells it.</param>
    public void Write(string customId, ReadOnlySpan<byte> line)
    {
        _stream ??= new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, BufferSize);
        _lines ??= new ResultLines(_stream, mutation);
        _lines.Write(customId, line);
    }

    public void Dispose() => _stream?.Dispose();
}
