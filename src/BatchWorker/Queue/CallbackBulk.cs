namespace BatchWorker.Queue;

/// <summary>Which callbacks an operator wants to be sent again.</summary>
/// <param name="States">Only those that are so far; null for all that are not delivered.</param>
/// <param name="Host">Only those to this host, with its port where it is not the usual one; null for all.</param>
/// <param name="Most">Callbacks that are changed at most; null for all.</param>
/// <param name="DryRun">Nothing is changed, only counted.</param>
internal sealed record CallbackWish(IReadOnlySet<DeliveryState>? States, string? Host, long? Most, bool DryRun)
{
    public bool Means(Callback callback) =>
        States?.Contains(callback.Delivery.State) != false && (Host is null || (callback.Url is { } url && new Uri(url).Authority.Equals(Host, StringComparison.OrdinalIgnoreCase)));
}

/// <summary>Sends undelivered callbacks again by filter.</summary>
internal sealed class CallbackBulk(CallbackLedger ledger)
{
    private const int AtOnce = 200;

    public async Task<BulkCount> RunAsync(CallbackWish wish, CancellationToken stopping)
    {
        long matched = 0, changed = 0;
        for (long? below = long.MaxValue; below is { } number;)
        {
            stopping.ThrowIfCancellationRequested();
            var (found, next) = await ledger.ListAsync(number, AtOnce);
            foreach (var callback in found.Where(wish.Means))
            {
                matched++;
                changed += !wish.DryRun && changed < (wish.Most ?? long.MaxValue) && await ledger.SendAgainAsync(callback) ? 1 : 0;
            }
            below = next;
        }
        return new BulkCount(matched, changed);
    }
}
