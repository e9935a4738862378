using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>
/// Finds out whether a create call of unknown outcome arrived: an operator's word, or a listing that shows the batch, or enough listings
/// that do not. Until then nothing is sent again.
/// </summary>
internal sealed class Reconciler(Doubts doubts, Candidates candidates, Duplicates duplicates, TimeProvider time, ILogger<Reconciler> logger)
{
    public async Task HandleAsync(OwnedBatch batch, IBatchProvider provider, CancellationToken cancellationToken)
    {
        if (batch.Resolution is { } word && batch.Record.Intent!.Foreign?.Contains(word) != true && await ResolveAsync(batch, provider, word, cancellationToken) is not null)
        {
            Log.Resolved(logger, batch.Record.Id, word.Length == 0 ? "absent" : word);
            return;
        }
        var listed = time.GetUtcNow();
        var found = await provider.FindAsync(doubts.TraceOf(batch.Record, batch.Record.Intent!), cancellationToken);
        if (found.Failure is { } failure)
        {
            Log.ListingFailed(logger, batch.Record.Id, failure.Kind, failure.Code);
            await doubts.PostponeAsync(batch);
        }
        else if (!provider.TagsBatches)
        {
            await candidates.DecideAsync(batch, provider, found.Value!, listed, cancellationToken);
        }
        else if (found.Value is { Count: > 0 } tagged)
        {
            if (await doubts.AdoptAsync(batch, tagged[0].Id, tagged[0].CreatedAt) is { } adopted)
            {
                await duplicates.NoteAsync(adopted, [.. tagged.Skip(1)], provider, cancellationToken);
            }
            else
            {
                await doubts.WaitAsync(batch, [tagged[0].Id]);
            }
        }
        else if (await FindEarlierAsync(batch, provider, cancellationToken) is { } earlier)
        {
            if (await doubts.AdoptEarlierAsync(batch, earlier.Call, earlier.Found) is null)
            {
                await doubts.WaitAsync(batch, [earlier.Found.Id]);
            }
        }
        else
        {
            await doubts.NoteEmptyAsync(batch, listed);
        }
    }

    /// <summary>A call that was proven absent before the one in doubt was sent, and did arrive.</summary>
    private async Task<(SubmitIntent Call, ProviderBatch Found)?> FindEarlierAsync(OwnedBatch batch, IBatchProvider provider, CancellationToken cancellationToken)
    {
        foreach (var absent in batch.Record.ProvenAbsent.Where(absent => absent.Account == provider.Account))
        {
            if (await provider.FindAsync(doubts.TraceOf(batch.Record, absent), cancellationToken) is { Value: [var found, ..] })
            {
                return (absent, found);
            }
        }
        return null;
    }

    /// <summary>
    /// An operator who names a batch that does not tell, or one with our tag, decides; any other name is a guess that its results confirm.
    /// Null when the word can not be followed: what it names has become another batch's meanwhile.
    /// </summary>
    private async Task<OwnedBatch?> ResolveAsync(OwnedBatch batch, IBatchProvider provider, string word, CancellationToken cancellationToken) =>
        word.Length == 0 ? await doubts.SendAgainAsync(batch)
        : batch.Record.Intent!.Unclear?.Contains(word) == true || await IsTaggedAsync(batch, provider, word, cancellationToken) ? await doubts.AdoptAsync(batch, word, null)
        : await doubts.TrustAsync(batch, word);

    private async Task<bool> IsTaggedAsync(OwnedBatch batch, IBatchProvider provider, string id, CancellationToken cancellationToken) =>
        provider.TagsBatches
        && (await provider.FindAsync(doubts.TraceOf(batch.Record, batch.Record.Intent!), cancellationToken)).Value?.Any(found => found.Id == id) == true;
}
