using System.Globalization;
using System.Text;

namespace BatchWorker.Archive;

/// <summary>
/// What must survive the store going back in time: one file for each create call, on this machine's disk before the call is sent,
/// and a note of how far the store had come. Files are named by number and never change.
/// </summary>
internal sealed class Journal(string directory)
{
    private const string Ending = ".json";

    private string NotePath => Path.Combine(directory, "seen");

    /// <summary>Writes an entry and waits for the disk; false when the number is taken.</summary>
    public bool Write(long number, byte[] entry)
    {
        PrivateFiles.CreateDirectory(directory);
        var draft = PathOf(number) + ".draft";
        File.Delete(draft);
        using (var file = PrivateFiles.Create(draft))
        {
            file.Write(entry);
            file.Flush(flushToDisk: true);
        }
        var taken = FirstName.TryTake(draft, PathOf(number));
        DirectorySync.Flush(directory);
        return taken;
    }

    /// <summary>The numbers of all entries, in order.</summary>
    public IReadOnlyList<long> Numbers() => !Directory.Exists(directory) ? [] :
    [
        .. Directory.EnumerateFiles(directory, "*" + Ending)
            .Select(path => long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)
            .Where(number => number >= 0)
            .Order(),
    ];

    public byte[] Read(long number) => File.ReadAllBytes(PathOf(number));

    /// <summary>Forgets an entry.</summary>
    public void Drop(long number) => File.Delete(PathOf(number));

    /// <summary>Forgets the entries that were written before a time.</summary>
    public void DropWrittenBefore(DateTimeOffset time)
    {
        foreach (var number in Numbers().TakeWhile(number => File.GetLastWriteTimeUtc(PathOf(number)) < time.UtcDateTime))
        {
            Drop(number);
        }
    }

    /// <summary>The note; null when there is none.</summary>
    public string? ReadNote() => File.Exists(NotePath) ? File.ReadAllText(NotePath) : null;

    /// <summary>Replaces the note.</summary>
    public void WriteNote(string note)
    {
        PrivateFiles.CreateDirectory(directory);
        PrivateFiles.Write(NotePath, Encoding.UTF8.GetBytes(note));
    }

    private string PathOf(long number) => Path.Combine(directory, number.ToString("D16", CultureInfo.InvariantCulture) + Ending);
}
