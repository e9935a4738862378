using BatchWorker.Queue;

namespace BatchWorker.Settings;

/// <summary>Refuses to work on a ledger that a newer version has written: this one would not understand it.</summary>
internal static class LedgerFormCheck
{
    /// <param name="store">The ledger.</param>
    /// <param name="readOnly">Whether nothing may be written, not even the form of a ledger that has none.</param>
    public static async Task RunAsync(LedgerStore store, bool readOnly = false)
    {
        var form = new LedgerForm(store);
        if (await (readOnly ? form.NewerAsync() : form.AgreeAsync()) is { } newer)
        {
            throw StartRefusal.Of(RedisUrl.Variable, $"a newer version has written this ledger in form {newer}; this one knows form {LedgerForm.Known} and has left it as it is.");
        }
    }
}
