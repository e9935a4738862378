using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>
/// Decides a doubt where the provider keeps no tag. One batch that may be ours is adopted and confirmed by its results when it has ended;
/// of several none is touched until their results tell; where they do not, an operator decides.
/// </summary>
internal sealed class Candidates(Doubts doubts, AccountClaims claims, ResultCheck check)
{
    public async Task DecideAsync(OwnedBatch batch, IBatchProvider provider, IReadOnlyList<ProviderBatch> found, DateTimeOffset listed, CancellationToken cancellationToken)
    {
        var left = new List<ProviderBatch>();
        foreach (var candidate in await NobodysAsync(batch, batch.Record.Intent!, found))
        {
            var origin = await OriginOfAsync(batch, provider, candidate, cancellationToken);
            if (origin == Origin.Ours)
            {
                await doubts.AdoptAsync(batch, candidate.Id, candidate.CreatedAt);
                return;
            }
            batch = Note(batch, candidate.Id, origin);
            if (origin != Origin.Foreign)
            {
                left.Add(candidate);
            }
        }
        await SettleAsync(batch, left, listed);
    }

    /// <summary>Candidates that no other batch of ours has, and whose results have not told yet that they are somebody else's.</summary>
    public async Task<IReadOnlyList<ProviderBatch>> NobodysAsync(OwnedBatch batch, SubmitIntent intent, IEnumerable<ProviderBatch> found)
    {
        var nobodys = new List<ProviderBatch>();
        foreach (var candidate in found.Where(candidate => intent.Foreign?.Contains(candidate.Id) != true))
        {
            if (!await claims.IsBoundElsewhereAsync(intent.Account, candidate.Id, batch.Number))
            {
                nobodys.Add(candidate);
            }
        }
        return nobodys;
    }

    /// <summary>Remembers what the results of a provider's batch said, in the intent of the doubt.</summary>
    public static SubmitIntent Note(SubmitIntent intent, string providerBatchId, Origin origin) => origin switch
    {
        Origin.Foreign => intent with { Foreign = [.. intent.Foreign ?? [], providerBatchId] },
        Origin.Unclear when intent.Unclear?.Contains(providerBatchId) != true => intent with { Unclear = [.. intent.Unclear ?? [], providerBatchId] },
        _ => intent,
    };

    private static OwnedBatch Note(OwnedBatch batch, string providerBatchId, Origin origin) =>
        batch with { Record = batch.Record with { Intent = Note(batch.Record.Intent!, providerBatchId, origin) } };

    private async Task<Origin> OriginOfAsync(OwnedBatch batch, IBatchProvider provider, ProviderBatch candidate, CancellationToken cancellationToken) =>
        batch.Record.Intent!.Unclear?.Contains(candidate.Id) == true ? Origin.Unclear
        : candidate.HasEnded ? (await check.OfAsync(batch, provider, candidate, cancellationToken)).Origin
        : Origin.Unread;

    private Task SettleAsync(OwnedBatch batch, List<ProviderBatch> left, DateTimeOffset listed) => left switch
    {
        [] when batch.Record.Intent!.Unclear is { Count: > 0 } gone => doubts.WaitAsync(batch, gone), // it may have been one of them
        [] => doubts.NoteEmptyAsync(batch, listed),
        [{ HasEnded: false } only] when batch.Record.Intent!.Unclear?.Contains(only.Id) != true => doubts.GuessAsync(batch, only.Id, only.CreatedAt),
        _ => doubts.WaitAsync(batch, left.Select(candidate => candidate.Id)),
    };
}
