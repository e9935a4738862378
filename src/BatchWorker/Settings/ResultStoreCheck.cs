using BatchWorker.Archive;
using BatchWorker.Queue;

namespace BatchWorker.Settings;

/// <summary>Refuses a start with results other than those that the ledger leads to: replicas that do not share a directory would answer without them.</summary>
internal static class ResultStoreCheck
{
    private const string InRedis = "redis";

    /// <param name="store">The ledger.</param>
    /// <param name="directory">Where segments are files; null when they are in Redis.</param>
    public static async Task RunAsync(LedgerStore store, string? directory)
    {
        var mark = new ResultStoreMark(store);
        if (!await (directory is null ? mark.AgreeAsync(InRedis, 0) : mark.AgreeAsync(IdOf(directory).ToString(), new FileSegmentStore(directory).Highest())))
        {
            throw StartRefusal.Of("BATCH_RESULT_STORE", "the results of this namespace are in another store; replicas need one shared directory.");
        }
    }

    private static Guid IdOf(string directory)
    {
        try
        {
            return StoreId.ReadOrCreate(directory);
        }
        catch (InvalidDataException damaged)
        {
            throw StartRefusal.Of("BATCH_RESULT_STORE", damaged.Message);
        }
    }
}
