using System.Buffers.Binary;
using System.Globalization;

namespace BatchWorker.Archive;

/// <summary>
/// Overwrites one frame of a segment in its place. The new frame is first written aside and fsynced, so that a write that is cut off takes
/// nothing with it: whoever finds no frame in the place reads it there, and the next overwrite begins with it. A frame that does not fit
/// into its place stays aside, and the place is filled with zeros.
/// </summary>
/// <param name="directory">Of all segments; one overwrite at a time happens in it.</param>
internal sealed class FrameOverwrite(string directory)
{
    private const string LockName = "overwrite.lock";

    /// <summary>Before a frame that is aside: how many bytes its place has.</summary>
    private const int HeadSize = 4;
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(20);

    /// <summary>Nothing happens when the segment or the frame is gone, or <paramref name="change"/> answers null.</summary>
    public async Task RunAsync(string path, long offset, Func<byte[], byte[]?> change, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return;
        }
        await using var taken = await LockAsync(cancellationToken);
        if (await ReadAsync(path, offset, cancellationToken) is var (frame, room) && change(frame) is { } next)
        {
            await WriteAsync(path, offset, room, next, cancellationToken);
        }
    }

    /// <summary>The frame that is aside; null when there is none.</summary>
    public static async Task<byte[]?> ReadAsideAsync(string path, long offset, CancellationToken cancellationToken) =>
        File.Exists(AsideOf(path, offset)) ? (await File.ReadAllBytesAsync(AsideOf(path, offset), cancellationToken))[HeadSize..] : null;

    /// <summary>Drops what lies beside a segment.</summary>
    public static void DeleteAside(string path)
    {
        foreach (var aside in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".*"))
        {
            File.Delete(aside);
        }
    }

    /// <summary>What is written aside, and where.</summary>
    public static void WriteAside(string path, long offset, int room, byte[] frame)
    {
        var aside = AsideOf(path, offset);
        var draft = aside + ".next";
        File.Delete(draft);
        using (var file = PrivateFiles.Create(draft))
        {
            Span<byte> head = stackalloc byte[HeadSize];
            BinaryPrimitives.WriteInt32LittleEndian(head, room);
            file.Write(head);
            file.Write(frame);
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, aside, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }

    private static async Task WriteAsync(string path, long offset, int room, byte[] frame, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        WriteAside(path, offset, room, frame);
        var content = new byte[room];
        if (frame.Length <= room)
        {
            frame.CopyTo(content, 0);
        }
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            await RandomAccess.WriteAsync(file, content, offset, CancellationToken.None);
            RandomAccess.FlushToDisk(file);
        }
        if (frame.Length <= room)
        {
            File.Delete(AsideOf(path, offset));
        }
    }

    /// <summary>The frame and the bytes of its place; what is aside comes first.</summary>
    private static async Task<(byte[] Frame, int Room)?> ReadAsync(string path, long offset, CancellationToken cancellationToken)
    {
        if (File.Exists(AsideOf(path, offset)))
        {
            var aside = await File.ReadAllBytesAsync(AsideOf(path, offset), cancellationToken);
            return (aside[HeadSize..], BinaryPrimitives.ReadInt32LittleEndian(aside));
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
        return read == length ? (frame, length) : null;
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
