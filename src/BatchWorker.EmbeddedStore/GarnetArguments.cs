using System.Globalization;
using System.Numerics;

namespace BatchWorker.EmbeddedStore;

/// <summary>
/// The command line of the store. Scripts run as transactions on their declared keys; what does not fit into memory spills to the disk
/// (without the storage tier a full memory drops its oldest pages and answers OK); the append-only file is committed by whoever needs
/// a write to be durable, and at least once a second; the device needs no native library.
/// </summary>
internal static class GarnetArguments
{
    private const long LargestPage = 4 << 20;
    private const string SegmentBytes = "67108864";

    public static string[] Of(EmbeddedServerOptions options, int port, string password)
    {
        var page = Math.Min(LargestPage, (long)BitOperations.RoundUpToPowerOf2((ulong)options.MemoryBytes / 64));
        return
        [
            "--bind", "127.0.0.1", "--port", Text(port), "--auth", "Password", "--password", password,
            "--lua", "--lua-transaction-mode",
            "--device-type", "RandomAccess",
            "--checkpointdir", Path.Combine(options.Directory, "checkpoints"), "--recover", "--fail-on-recovery-error",
            "--storage-tier", "--logdir", Path.Combine(options.Directory, "log"), "--segment", SegmentBytes, "--object-log-segment", SegmentBytes,
            "--memory", Text(options.MemoryBytes), "--page", Text(page), "--index", Text(4 * page),
            "--aof", "--aof-commit-freq", "1000", "--aof-page-size", Text(4 * page), "--aof-memory", Text(16 * page), "--aof-segment-size", SegmentBytes,
            "-q",
        ];
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
