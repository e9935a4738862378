using BatchWorker.Queue;

namespace BatchWorker.Tests.Fixtures;

/// <summary>Short ways that only tests take.</summary>
internal static class BatchLedgerSteps
{
    public static async Task<OwnedBatch> OpenAsync(this BatchLedger batches, int lane, string? run) =>
        await batches.OpenAsync(await batches.NextNumberAsync(), lane, run);
}
