using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>
/// At every start and once a day: batches that have ended are looked at again where one of their submissions was proven absent, since its batch
/// may turn up later still. It is stopped and counted; its answers come too late for jobs that have their outcome, so they only count as paid.
/// </summary>
internal sealed class LateLook(AbsentSubmissions absents, BatchLedger batches, ProviderSet providers, Duplicates duplicates, LateBills bills, TimeProvider time)
{
    private const int MostLooks = 5;
    private static readonly TimeSpan s_again = TimeSpan.FromDays(1);
    private readonly Queue<long> _left = new();
    private DateTimeOffset _next;

    /// <summary>Looks at some; those that could not be asked for stay for the next time.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (_left.Count == 0 && time.GetUtcNow() >= _next)
        {
            foreach (var number in await absents.ListAsync())
            {
                _left.Enqueue(number);
            }
            _next = time.GetUtcNow() + s_again;
        }
        for (var looks = Math.Min(MostLooks, _left.Count); looks > 0; looks--)
        {
            var number = _left.Dequeue();
            if (!await LookAsync(number, cancellationToken))
            {
                _left.Enqueue(number);
            }
        }
    }

    /// <summary>False when it must be looked at again in this round. While a batch runs its own polls look.</summary>
    private async Task<bool> LookAsync(long number, CancellationToken cancellationToken)
    {
        if (await batches.ReadAsync(number) is not { } batch
            || !batch.State.HasEnded()
            || !providers.TryGet(batch.Record.Lane.Provider, out var provider)
            || provider.Account != batch.Record.Account)
        {
            return true;
        }
        var (looked, isComplete) = await duplicates.LookAsync(batch, provider, cancellationToken);
        return looked is not null && isComplete && await bills.CountAsync(looked, provider, cancellationToken);
    }
}
