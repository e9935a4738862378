using System.Security.Cryptography;
using System.Text.Json;

namespace BatchWorker.Settings;

/// <summary>The directory that belongs to this process while it runs: its lock, its name, its spool and its results.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly FileStream _lock;

    private DataDirectory(FileStream held, string instance)
    {
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
            var held = new FileStream(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataDirectory(held, ReadInstance(Path.Combine(path, "instance-id")));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw failure is UnauthorizedAccessException
                ? StartRefusal.Of("BATCH_DATA_DIR", $"{path} can not be written.")
                : new StartRefusal(StartRefusal.InUse, $"BATCH_DATA_DIR: {path} is in use by another process.");
        }
    }

    /// <summary>Writes into the lock where this process answers, for whoever finds the directory taken.</summary>
    public void Announce(string address)
    {
        _lock.SetLength(0);
        _lock.Write(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["address"] = address, ["pid"] = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture) }, SettingsJson.Default.DictionaryStringString));
        _lock.Flush();
    }

    public void Dispose() => _lock.Dispose();

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
