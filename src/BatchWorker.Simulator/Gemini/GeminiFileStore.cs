using System.Text.RegularExpressions;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Gemini;

/// <summary>The project's files: facts in memory, bytes on disk, both gone when they expire.</summary>
internal sealed partial class GeminiFileStore(DirectoryInfo directory, IdSequence ids, TimeProvider clock)
{
    /// <summary>Uploads are kept 48 hours, to the second.</summary>
    public static readonly TimeSpan UploadsKept = TimeSpan.FromHours(48);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, GeminiFile> _files = [];
    private readonly Dictionary<string, GeminiFile> _expired = [];
    private long _sequence;

    /// <summary>Where the bytes are.</summary>
    public DirectoryInfo Directory => directory;

    /// <summary>Bytes of all files.</summary>
    public long TotalBytes => All().Sum(file => file.Bytes);

    /// <summary>A place for bytes that are on their way.</summary>
    public string NewPath() => Path.Combine(directory.FullName, ids.Next("bytes-"));

    /// <summary>The name of a file whose owner wants none in particular.</summary>
    public string NewName() => ids.Next(GeminiFile.Prefix);

    /// <summary>At most 40 lower-case letters, digits and dashes, no dash at an edge.</summary>
    public static bool IsName(string name) => Names().IsMatch(name);

    /// <summary>False when there is a file of this name.</summary>
    public bool Add(GeminiFile file)
    {
        lock (_lock)
        {
            Expire();
            return _files.TryAdd(file.Name, file with { Sequence = ++_sequence });
        }
    }

    /// <summary>Null when it never was, was deleted, or has expired.</summary>
    public GeminiFile? Find(string name)
    {
        lock (_lock)
        {
            Expire();
            return _files.GetValueOrDefault(name);
        }
    }

    /// <summary>A file as it was at that time, which may be before it expired.</summary>
    public GeminiFile? FindAt(string name, DateTimeOffset at)
    {
        lock (_lock)
        {
            return _files.TryGetValue(name, out var file) || _expired.TryGetValue(name, out file) ? Lives(file, at) : null;
        }

        static GeminiFile? Lives(GeminiFile file, DateTimeOffset at) => file.CreatedAt <= at && at < file.ExpiresAt ? file : null;
    }

    /// <summary>Every file, oldest first.</summary>
    public IReadOnlyList<GeminiFile> All()
    {
        lock (_lock)
        {
            Expire();
            return [.. _files.Values.OrderBy(file => file.Sequence)];
        }
    }

    public void Delete(string name)
    {
        lock (_lock)
        {
            Remove(name);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            foreach (var name in _files.Keys.ToList())
            {
                Remove(name);
            }
            _expired.Clear();
        }
    }

    private void Expire()
    {
        var now = clock.GetUtcNow();
        foreach (var file in _files.Values.Where(file => file.ExpiresAt <= now).ToList())
        {
            Remove(file.Name);
            _expired[file.Name] = file;
        }
    }

    private void Remove(string name)
    {
        if (_files.Remove(name, out var file))
        {
            File.Delete(file.Path);
        }
    }

    [GeneratedRegex("^files/[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?\\z")]
    private static partial Regex Names();
}
