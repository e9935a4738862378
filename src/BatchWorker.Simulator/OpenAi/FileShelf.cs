using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>Files on the disk.</summary>
internal sealed class FileShelf(string directory, TimeProvider time)
{
    /// <summary>"Batch .jsonl up to 200 MB" (Files API).</summary>
    public const long LargestBatchFile = 200L * 1024 * 1024;

    private readonly ConcurrentDictionary<string, StoredFile> _files = new();
    private long _numbers;

    public StoredFile? Find(string id) => _files.GetValueOrDefault(id);

    public IEnumerable<StoredFile> All => _files.Values.OrderByDescending(file => file.Number);

    /// <summary>A path for a new file and the id that it will have.</summary>
    public (string Id, string Path) Reserve()
    {
        var id = "file-" + RandomNumberGenerator.GetHexString(24, lowercase: true);
        return (id, Path.Combine(directory, id));
    }

    public StoredFile Add(string id, string path, string name, string purpose)
    {
        var file = new StoredFile(id, name, purpose, new FileInfo(path).Length, time.GetUtcNow(), path, Interlocked.Increment(ref _numbers));
        _files[id] = file;
        return file;
    }

    public bool Remove(string id)
    {
        if (!_files.TryRemove(id, out var file))
        {
            return false;
        }
        File.Delete(file.Path);
        return true;
    }

    public void Clear()
    {
        foreach (var id in _files.Keys)
        {
            Remove(id);
        }
    }
}
