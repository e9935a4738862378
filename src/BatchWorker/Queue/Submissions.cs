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

    /// <summary>Name of the last create call that was copied; empty when there is none, null before the journal was looked at.</summary>
    private string? _newest;

    /// <summary>The number of the next create call; null when the store seems to have gone back in time.</summary>
    public async Task<long?> NextNumberAsync() => await timeline.LookAsync() && await KnowsNewestAsync() ? await store.NextAsync(LedgerFields.SubmissionSequence) : null;

    /// <summary>
    /// Copies a create call that is intended and not yet sent: on the disk when the task ends. Throws <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/> when the disk does not take it: then it must not be sent.
    /// False when its number was given before: then neither, since the store has gone back in time.
    /// </summary>
    public async Task<bool> CopyAsync(OwnedBatch intended)
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
        if (!journal.Write(intended.Record.Intent!.Number, entry.Pack()))
        {
            await rollbacks.RaiseAsync("it gave the number of a create call twice");
            return false;
        }
        _newest = entry.Name;
        journal.DropWrittenBefore(store.Now - KeptInJournal);
        return true;
    }

    /// <summary>Whether the store knows the newest create call of this replica.</summary>
    public async Task<bool> KnowsNewestAsync()
    {
        _newest ??= journal.Numbers() is [.., var newest] ? Read(newest).Name : "";
        return _newest.Length == 0 || await KnowsAsync(_newest);
    }

    /// <summary>Create calls of this replica that the store has forgotten, the oldest first. Entries that are too old to matter are dropped.</summary>
    public async IAsyncEnumerable<JournalEntry> ForgottenAsync()
    {
        foreach (var number in journal.Numbers())
        {
            var entry = Read(number);
            if (entry.Record.Intent!.At < store.Now - KeptInJournal)
            {
                journal.Drop(number);
            }
            else if (!await KnowsAsync(entry.Name))
            {
                yield return entry;
            }
        }
    }

    private JournalEntry Read(long number) => JournalEntry.Unpack(journal.Read(number));

    private async Task<bool> KnowsAsync(string name) => await store.Database.SortedSetScoreAsync(store.Keys.Submissions, name) is not null;
}
