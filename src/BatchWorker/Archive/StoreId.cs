using System.Security.Cryptography;
using System.Text;

namespace BatchWorker.Archive;

/// <summary>
/// Names a directory of results, so that replicas notice when they do not share it: the id is in the directory and in Redis, and both must be equal.
/// </summary>
internal static class StoreId
{
    private const string FileName = "store-id";

    /// <summary>
    /// The id of a directory, given now if it has none. Of several processes that begin at once one gives it, all read it.
    /// Throws <see cref="InvalidDataException"/> when the file is there but holds no id: a new one would hide that results are missing.
    /// </summary>
    public static Guid ReadOrCreate(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            Create(directory, path);
        }
        return Guid.TryParse(File.ReadAllText(path), out var id) ? id : throw new InvalidDataException($"{path} does not hold the id of a result store.");
    }

    /// <summary>Written aside first: whoever sees the name sees the whole id.</summary>
    private static void Create(string directory, string path)
    {
        var id = new Guid(RandomNumberGenerator.GetBytes(16));
        var draft = $"{path}.{id:N}";
        using (var file = PrivateFiles.Create(draft))
        {
            file.Write(Encoding.ASCII.GetBytes($"{id}\n"));
            file.Flush(flushToDisk: true);
        }
        FirstName.TryTake(draft, path);
        DirectorySync.Flush(directory);
    }
}
