using System.Security.Cryptography;
using System.Text.Json;
using BatchWorker.Archive;

namespace BatchWorker.Settings;

/// <summary>The directory that belongs to this process while it runs: its lock, its name, its spool and its results.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string LockFile = "lock";
    private readonly FileStream _lock;
    private readonly string _path;

    private DataDirectory(string path, FileStream held, string instance)
    {
        _path = path;
        _lock = held;
        Instance = instance;
    }

    /// <summary>Names the replica over restarts: a random word, written once.</summary>
    public string Instance { get; }

    /// <summary>Takes the directory; refused when another process has it.</summary>
    public static DataDirectory Take(string path, string? resultDirectory)
    {
        try
        {
            Create(path);
            Create(Path.Combine(path, "spool"));
            if (resultDirectory is not null)
            {
                Create(resultDirectory);
            }
            var held = new FileStream(Path.Combine(path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataDirectory(path, held, ReadInstance(Path.Combine(path, "instance-id")));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw failure is UnauthorizedAccessException
                ? StartRefusal.Of("BATCH_DATA_DIR", $"{path} can not be written.")
                : new StartRefusal(StartRefusal.InUse, $"BATCH_DATA_DIR: {path} is in use by another process.");
        }
    }

    /// <summary>Where this process answers, once it does.</summary>
    public DaemonAddress? Announced { get; private set; }

    /// <summary>
    /// Writes down where this process answers, for whoever finds the directory taken: into the lock, and with the key of local commands
    /// into a file that only we may read. Two files, since a lock that is held can not be read by every program.
    /// </summary>
    public void Announce(DaemonAddress address)
    {
        _lock.SetLength(0);
        _lock.Write(JsonSerializer.SerializeToUtf8Bytes(address with { Key = null }, SettingsJson.Default.DaemonAddress));
        _lock.Flush();
        PrivateFiles.Write(AddressFile(_path), JsonSerializer.SerializeToUtf8Bytes(address, SettingsJson.Default.DaemonAddress));
        Announced = address;
    }

    /// <summary>Where the process answers that has a directory; null when none has said so.</summary>
    public static DaemonAddress? AddressIn(string path) => File.Exists(AddressFile(path))
        ? JsonSerializer.Deserialize(File.ReadAllBytes(AddressFile(path)), SettingsJson.Default.DaemonAddress)
        : null;

    /// <summary>Whether another process has the directory now.</summary>
    public static bool IsTaken(string path)
    {
        try
        {
            using var held = new FileStream(Path.Combine(path, LockFile), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public void Dispose()
    {
        File.Delete(AddressFile(_path));
        _lock.Dispose();
    }

    private static string AddressFile(string path) => Path.Combine(path, "daemon.json");

    private static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, Private);
        }
    }

    private static string ReadInstance(string file)
    {
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } known)
        {
            return known;
        }
        var instance = RandomNumberGenerator.GetHexString(16, lowercase: true);
        File.WriteAllText(file, instance + "\n");
        return instance;
    }
}
