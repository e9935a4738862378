using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace BatchWorker.Archive;

/// <summary>Segments as files: <c>DIR/0000/12.seg</c>, a thousand to a directory.</summary>
internal sealed class FileSegmentStore(string directory) : ISegmentStore
{
    private readonly FrameOverwrite _overwrite = new(directory);

    private const int SegmentsPerDirectory = 1000;

    public async Task<ISegmentWriter> CreateAsync(uint segment, CancellationToken cancellationToken)
    {
        var path = PathOf(segment);
        var parent = Path.GetDirectoryName(path)!;
        PrivateFiles.CreateDirectory(parent);
        DirectorySync.Flush(directory);
        var file = PrivateFiles.Create(path);
        try
        {
            DirectorySync.Flush(parent);
        }
        catch (IOException)
        {
            await file.DisposeAsync();
            throw;
        }
        return new FileSegmentWriter(segment, file);
    }

    /// <summary>The disk is the cap, and the daemon does not run it full on purpose.</summary>
    public Task<bool> HasRoomAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>The highest number in use; 0 for none.</summary>
    public uint Highest()
    {
        var groups = Directory.EnumerateDirectories(directory).Select(path => uint.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var group) ? group : 0);
        return groups.OrderDescending().Select(HighestOf).FirstOrDefault(highest => highest > 0);
    }

    public async Task<ArchivedResult?> ReadAsync(ResultAddress address, CancellationToken cancellationToken)
    {
        var frame = await ReadFrameAsync(address.Segment, address.Offset, cancellationToken);
        return frame is not null && address.Index < frame.Count ? frame[address.Index] : null;
    }

    public async Task<IReadOnlyList<ArchivedResult>?> ReadFrameAsync(uint segment, long offset, CancellationToken cancellationToken)
    {
        if (Open(segment) is not { } file)
        {
            return null;
        }
        using (file)
        {
            var header = await ReadAsync(file, offset, Frame.HeaderSize, cancellationToken);
            var frame = Frame.LengthOf(header) is { } length && offset + length <= RandomAccess.GetLength(file)
                ? Frame.Decode(await ReadAsync(file, offset, length, cancellationToken))
                : null;
            return frame ?? (await FrameOverwrite.ReadAsideAsync(PathOf(segment), offset, cancellationToken) is { } aside ? Frame.Decode(aside) : null);
        }
    }

    public Task EraseAsync(ResultAddress address, CancellationToken cancellationToken) => _overwrite.RunAsync(
        PathOf(address.Segment),
        address.Offset,
        frame => Frame.Erase(frame, address.Index),
        cancellationToken);

    public Task DeleteAsync(uint segment, CancellationToken cancellationToken)
    {
        if (Directory.Exists(Path.GetDirectoryName(PathOf(segment))))
        {
            File.Delete(PathOf(segment));
            FrameOverwrite.DeleteAside(PathOf(segment));
        }
        return Task.CompletedTask;
    }

    private uint HighestOf(uint group) =>
        Directory.EnumerateFiles(Path.GetDirectoryName(PathOf(group * SegmentsPerDirectory))!, "*.seg")
            .Select(path => uint.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var segment) ? segment : 0)
            .DefaultIfEmpty().Max();

    private SafeFileHandle? Open(uint segment)
    {
        try
        {
            return File.OpenHandle(PathOf(segment), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The bytes that are there, at most so many.</summary>
    private static async Task<byte[]> ReadAsync(SafeFileHandle file, long offset, int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        var read = 0;
        while (read < count)
        {
            var more = await RandomAccess.ReadAsync(file, bytes.AsMemory(read), offset + read, cancellationToken);
            if (more == 0)
            {
                return bytes[..read];
            }
            read += more;
        }
        return bytes;
    }

    private string PathOf(uint segment) => Path.Combine(
        directory,
        (segment / SegmentsPerDirectory).ToString("D4", CultureInfo.InvariantCulture),
        segment.ToString(CultureInfo.InvariantCulture) + ".seg");
}
