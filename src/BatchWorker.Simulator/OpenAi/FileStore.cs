using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>The account's files: facts in memory, bytes on disk.</summary>
internal sealed class FileStore(DirectoryInfo directory, IdSequence ids, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly List<StoredFile> _files = [];

    /// <summary>Where the bytes are.</summary>
    public DirectoryInfo Directory => directory;

    /// <summary>A place for bytes that are on their way.</summary>
    public string NewPath() => Path.Combine(directory.FullName, ids.Next("bytes-"));

    /// <param name="path">Where the bytes already are.</param>
    /// <param name="name">Name of the file as its owner calls it.</param>
    /// <param name="purpose">What it is for.</param>
    /// <param name="createdAt">When it came to be.</param>
    /// <param name="kept">How long from then; null for ever.</param>
    public StoredFile Add(string path, string name, string purpose, DateTimeOffset createdAt, TimeSpan? kept)
    {
        var file = new StoredFile
        {
            Id = ids.Next("file-"),
            Path = path,
            Name = name,
            Purpose = purpose,
            Bytes = new FileInfo(path).Length,
            CreatedAt = createdAt,
            ExpiresAt = createdAt + kept,
        };
        lock (_lock)
        {
            _files.Add(file);
        }
        return file;
    }

    /// <summary>Null when it never was, was deleted, or has expired.</summary>
    public StoredFile? Find(string id)
    {
        lock (_lock)
        {
            return _files.Find(file => file.Id == id && !(file.ExpiresAt <= clock.GetUtcNow()));
        }
    }

    /// <summary>Every file, oldest first.</summary>
    public IReadOnlyList<StoredFile> All()
    {
        lock (_lock)
        {
            return _files.FindAll(file => !(file.ExpiresAt <= clock.GetUtcNow()));
        }
    }

    public bool Delete(string id) => Find(id) is { } file && Remove(file);

    public void Clear()
    {
        lock (_lock)
        {
            _files.ForEach(file => File.Delete(file.Path));
            _files.Clear();
        }
    }

    private bool Remove(StoredFile file)
    {
        lock (_lock)
        {
            File.Delete(file.Path);
            return _files.Remove(file);
        }
    }
}
