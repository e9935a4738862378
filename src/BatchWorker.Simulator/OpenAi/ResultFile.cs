using System.Text.Json;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>An output or error file while it is written; it comes to be with its first line.</summary>
internal sealed class ResultFile(FileStore files, string name, LineMutation? mutation) : IDisposable
{
    private const int BufferSize = 256 * 1024;
    private readonly string _path = files.NewPath();
    private FileStream? _stream;
    private ResultLines? _lines;

    public void Write(string customId, object line)
    {
        _stream ??= new FileStream(_path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, BufferSize);
        _lines ??= new ResultLines(_stream, mutation);
        _lines.Write(customId, JsonSerializer.SerializeToUtf8Bytes(line, line.GetType(), WireJson.Options));
    }

    /// <summary>Null when no line was written.</summary>
    public string? Close(DateTimeOffset at, TimeSpan? kept)
    {
        if (_stream is null)
        {
            return null;
        }
        _stream.Dispose();
        return files.Add(_path, name, "batch_output", at, kept ?? FileEndpoints.DefaultKept).Id;
    }

    public void Dispose() => _stream?.Dispose();
}
