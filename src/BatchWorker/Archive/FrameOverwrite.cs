using System.Globalization;

namespace BatchWorker.Archive;

/// <summary>
/// Overwrites one frame of a segment in its place. The new frame is first written aside and fsynced, so that a write that is cut off takes
/// nothing with it: whoever finds the frame damaged reads it there, and the next overwrite begins with it.
/// </summary>
/// <param name="directory">Of all segments; one overwrite at a time happens in it.</param>
internal sealed class FrameOverwrite(string directory)
{
    private const string LockName = "overwrite.lock";
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(20);

    /// <summary>Nothing happens when the segment or the frame is gone, or <paramref name="change"/> answers null.</summary>
    public async Task RunAsync(string path, long offset, Func<byte[], byte[]?> change, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return;
        }
        await using var taken = await LockAsync(cancellationToken);
        if (await ReadAsync(path, offset, cancellationToken) is { } frame && change(frame) is { } next)
        {
            await WriteAsync(path, offset, next, cancellationToken);
        }
    }

    /// <summary>The frame as it is to be; null when no overwrite of it was cut off.</summary>
    public static async Task<byte[]?> ReadAsideAsync(string path, long offset, CancellationToken cancellationToken) =>
        File.Exists(AsideOf(path, offset)) ? await File.ReadAllBytesAsync(AsideOf(path, offset), cancellationToken) : null;

    /// <summary>Drops what lies beside a segment.</summary>
    public static void DeleteAside(string path)
    {
        foreach (var aside in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".*"))
        {
            File.Delete(aside);
        }
    }

    private static async Task WriteAsync(string path, long offset, byte[] frame, CancellationToken cancellationToken)
    {
        var aside = AsideOf(path, offset);
        File.Delete(aside);
        await using (var draft = PrivateFiles.Create(aside))
        {
            await draft.WriteAsync(frame, cancellationToken);
            draft.Flush(flushToDisk: true);
        }
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            await RandomAccess.WriteAsync(file, frame, offset, CancellationToken.None);
            RandomAccess.FlushToDisk(file);
        }
        File.Delete(aside);
    }

    /// <summary>The frame with its header; what is aside comes first.</summary>
    private static async Task<byte[]?> ReadAsync(string path, long offset, CancellationToken cancellationToken)
    {
        if (await ReadAsideAsync(path, offset, cancellationToken) is { } aside && Frame.Decode(aside) is not null)
        {
            return aside;
        }
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var header = new byte[Frame.HeaderSize];
        await RandomAccess.ReadAsync(file, header, offset, cancellationToken);
        if (Frame.LengthOf(header) is not { } length || offset + length > RandomAccess.GetLength(file))
        {
            return null;
        }
        var frame = new byte[length];
        var read = await RandomAccess.ReadAsync(file, frame, offset, cancellationToken);
        return read == length ? frame : null;
    }

    /// <summary>Each overwrite waits for the one before it, also for one of another replica on the same directory (flock(2)).</summary>
    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        for (; ; )
        {
            try
            {
                return new FileStream(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(Path.Combine(directory, LockName)))
            {
                await Task.Delay(s_again, TimeProvider.System, cancellationToken);
            }
        }
    }

    private static string AsideOf(string path, long offset) => string.Create(CultureInfo.InvariantCulture, $"{path}.{offset}");
}
