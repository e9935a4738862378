using BatchWorker.Costs;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Results;

/// <summary>
/// Reads the price file when it has changed and gives answers without a price the one that has come, some batches at a time.
/// Batches of models that are still unknown cost a look at their record, not more.
/// </summary>
internal sealed class Repricer(Repricing ledger, Prices prices, AnswerPrices answers, TimeProvider time, ILogger<Repricer> logger)
{
    private const int MostBatches = 20;
    private static readonly TimeSpan s_again = TimeSpan.FromMinutes(10);
    private long? _next = 0;
    private long _begunAt = time.GetTimestamp();

    public async Task RunOnceAsync()
    {
        if (Reload() || time.GetElapsedTime(_begunAt) > s_again)
        {
            _next = 0;
            _begunAt = time.GetTimestamp();
        }
        if (_next is not { } from)
        {
            return;
        }
        var (batches, next) = await ledger.UnpricedAsync(from, MostBatches);
        foreach (var batch in batches.Where(batch => answers.Knows(batch.Record.Lane)))
        {
            var done = await ledger.RepriceAsync(batch, answer => answers.Of(batch.Record.Lane, answer.Usage, DateTimeOffset.FromUnixTimeMilliseconds(answer.AtMs)) is { } cost ? (cost.Realtime, cost.Batch) : null);
            if (done.Count > 0)
            {
                Log.Repriced(
                    logger, batch.Record.Id, done.Count, batch.Record.Lane.Model,
                    PicoUsd.ToUsd(done.Sum(answer => (decimal)answer.RealtimePico)), PicoUsd.ToUsd(done.Sum(answer => (decimal)answer.BatchPico)));
            }
        }
        _next = next;
    }

    private bool Reload()
    {
        try
        {
            var changed = prices.Reload();
            if (changed)
            {
                Log.PricesRead(logger);
            }
            return changed;
        }
        catch (Exception unusable) when (unusable is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Log.PricesUnusable(logger, unusable.Message);
            return false;
        }
    }
}
