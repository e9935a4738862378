using BatchWorker.Archive;

namespace BatchWorker.Queue;

/// <summary>
/// Numbers the create calls and keeps a copy of each outside the store, before it is sent. The store keeps their names:
/// one of ours that is not there was forgotten by it.
/// </summary>
internal sealed class Submissions(LedgerStore store, JobClaims claims, Journal journal, StoreTimeline timeline, Rollbacks rollbacks)
{
    /// <summary>Longer than any provider lists a batch; the store remembers the names longer still, so that none of ours is missed by age.</summary>
    public static readonly TimeSpan KeptInJournal = TimeSpan.FromDays(35);

    /// <summary>How long the store remembers a name.</summary>
    public static readonly TimeSpan KeptInStore = TimeSpan.FromDays(40);

    /// <summary>The number of the next create call; null when the store seems to have gone back in time.</summary>
    public async Task<long?> NextNumberAsync(CancellationToken cancellationToken) =>
        await timeline.LookAsync() && await KnowsNewestAsync(cancellationToken) ? await store.NextAsync(LedgerFields.SubmissionSequence) : null;

    /// <summary>
    /// Copies a create call that is intended and not yet sent: on the disk when the task ends. Throws <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/> when the disk does not take it: then it must not be sent.
    /// False when its number was given before: then neither, since the store has gone back in time.
    /// </summary>
    public async Task<bool> CopyAsync(OwnedBatch intended, CancellationToken cancellationToken)
    {
        var (jobs, tails) = (new List<byte[]>(), new List<byte[]>());
        for (var chunk = 0; chunk < intended.ChunkCount; chunk++)
        {
            var sequences = await claims.ManifestAsync(intended.Number, chunk);
            var records = await JobRecords.ReadAsync(store, sequences);
            jobs.Add(ManifestCodec.Encode(sequences));
            tails.Add(ManifestCodec.Encode([.. records.Select(record => record?.Tail ?? 0)]));
        }
        var entry = new JournalEntry(intended.Number, intended.Record, jobs, tails);
        var isNew = await journal.WriteAsync(intended.Record.Intent!.Number, entry.Pack(), cancellationToken);
        if (!isNew)
        {
            await rollbacks.RaiseAsync("it gave the number of a create call twice");
        }
        return isNew;
    }

    /// <summary>Whether the store knows the newest create call of this replica.</summary>
    public async Task<bool> KnowsNewestAsync(CancellationToken cancellationToken) =>
        journal.Numbers() is not [.., var newest] || await KnowsAsync(await ReadAsync(newest, cancellationToken));

    /// <summary>Create calls of this replica that the store has forgotten, the oldest first. Entries that are too old to matter are dropped.</summary>
    public async IAsyncEnumerable<JournalEntry> ForgottenAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var number in journal.Numbers())
        {
            var entry = await ReadAsync(number, cancellationToken);
            if (entry.Record.Intent!.At < store.Now - KeptInJournal)
            {
                journal.Drop(number);
            }
            else if (!await KnowsAsync(entry))
            {
                yield return entry;
            }
        }
    }

    private async Task<JournalEntry> ReadAsync(long number, CancellationToken cancellationToken) =>
        JournalEntry.Unpack(await journal.ReadAsync(number, cancellationToken));

    private async Task<bool> KnowsAsync(JournalEntry entry) =>
        await store.Database.SortedSetScoreAsync(store.Keys.Submissions, entry.Name) is not null;
}
