using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Callbacks;

/// <summary>Samples how much is still to be told, and gives up what waited its whole time for a host that does not answer.</summary>
internal sealed class CallbackWatch(CallbackLedger ledger, CallbackWorker worker, CallbackInstruments instruments, TimeProvider time, ILogger<CallbackWatch> logger)
{
    private const int MostAtOnce = 500;

    public async Task RunOnceAsync()
    {
        foreach (var subject in await ledger.OlderThanAsync(DeliveryRules.Tried, MostAtOnce))
        {
            if (await ledger.FindAsync(subject) is { Delivery.State: DeliveryState.Pending } callback && worker.Rests(callback.Event.Host))
            {
                await GiveUpAsync(callback);
            }
        }
        var (pending, givenUp, oldest) = await ledger.CountAsync();
        instruments.Sample = new CallbackSample(pending, givenUp, oldest is { } since ? Math.Max(0, (long)(time.GetUtcNow() - since).TotalSeconds) : 0);
    }

    private async Task GiveUpAsync(Callback callback)
    {
        var next = callback.Delivery with { State = DeliveryState.Exhausted, Error = DeliveryError.Unreachable, Status = 0, NextMs = 0 };
        if (await ledger.WriteAsync(callback, next))
        {
            Log.GivenUp(logger, callback.WebhookId, next.Attempts, next.Error.Wire(), 0);
        }
    }
}
