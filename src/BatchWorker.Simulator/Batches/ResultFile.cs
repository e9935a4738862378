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

    public void Write(string customId, object line)
    {
        _stream ??= new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, BufferSize);
        _lines ??= new ResultLines(_stream, mutation);
        _lines.Write(customId, JsonSerializer.SerializeToUtf8Bytes(line, line.GetType(), WireJson.Options));
    }

    public void Dispose() => _stream?.Dispose();
}
