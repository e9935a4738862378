using System.Globalization;
using System.Numerics;

namespace BatchWorker.EmbeddedStore;

/// <summary>
/// The command line of the store. Scripts run as transactions on their declared keys; what does not fit into memory spills to the disk
/// (without the storage tier a full memory drops its oldest pages and answers OK); the append-only file is committed by whoever needs
/// a write to be durable, and at least once a second; the device needs no native library.
/// </summary>
/// <remarks>
/// Whole pages leave the memory, with every object that a record on them points to, so the pages are small: with 4 MB pages a store of
/// 64 MB was seen to hold 1.2 GB. With 64 kB pages a flush sometimes read back what another one had not yet written, and the store stood still.
/// Never SCAN it, and never KEYS or DBSIZE: Garnet 2.2.8 counts every object that such a walk reads from the disk as memory of the store and never
/// takes it off again (<c>ObjectAllocatorImpl.TrackRecoveredObjectRecord</c>). Three SCANs of at most 1,352 keys put 1 GB on the books of a store
/// of 16 MB, without any delete; from then on it keeps next to nothing in memory, and writes that turn a page were seen to wait for it.
/// </remarks>
internal static class GarnetArguments
{
    private const long PageBytes = 256 << 10;
    private const string SegmentBytes = "67108864";

    public static string[] Of(EmbeddedServerOptions options, int port, string password)
    {
        var index = (long)BitOperations.RoundUpToPowerOf2((ulong)options.MemoryBytes / 16);
        return
        [
            "--bind", "127.0.0.1", "--port", Text(port), "--auth", "Password", "--password", password,
            "--lua", "--lua-transaction-mode",
            "--device-type", "RandomAccess",
            "--checkpointdir", Path.Combine(options.Directory, "checkpoints"), "--recover", "--fail-on-recovery-error",
            "--storage-tier", "--logdir", Path.Combine(options.Directory, "log"), "--segment", SegmentBytes, "--object-log-segment", SegmentBytes,
            "--memory", Text(options.MemoryBytes), "--page", Text(PageBytes), "--index", Text(index),
            "--aof", "--aof-commit-freq", "1000", "--aof-page-size", "4m", "--aof-memory", "16m", "--aof-segment-size", SegmentBytes,
            "-q",
        ];
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
