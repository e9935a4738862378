using BatchWorker.Archive;
using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>What became of the wish to erase a job's content.</summary>
internal enum ErasureAnswer
{
    NotFound,

    /// <summary>It is still needed.</summary>
    NotEnded,

    Done,
}

/// <summary>
/// The verb erase: request, metadata and answers of an ended job go, its state and its numbers stay, and whom its end is told. The job is marked first, so that nobody
/// queues it again; after a cut the same call does the rest.
/// </summary>
internal sealed class JobErasure(LedgerStore store, BatchLedger batches, JobClaims claims, Settlements settlements, ISegmentStore segments)
{
    private RedisKeys Keys => store.Keys;

    public async Task<ErasureAnswer> EraseAsync(JobId id, CancellationToken cancellationToken)
    {
        JobRecord? job;
        do
        {
            job = await JobRecords.FindAsync(store, id);
            if (job is null)
            {
                return ErasureAnswer.NotFound;
            }
            if (!job.State.HasEnded())
            {
                return ErasureAnswer.NotEnded;
            }
        }
        while (!await DropAsync(id.Sequence, job));
        foreach (var address in await AnswersAsync(id.Sequence, job))
        {
            await segments.EraseAsync(address, cancellationToken);
        }
        return ErasureAnswer.Done;
    }

    private async Task<bool> DropAsync(long sequence, JobRecord job)
    {
        var (bucket, slot) = (JobSlots.BucketOf(sequence), JobSlots.SlotOf(sequence));
        var drop = store.Begin()
            .Expect(Keys.States(bucket), slot, job.Pack())
            .Write("HSET", Keys.States(bucket), slot, (job with { Flags = job.Flags | JobFlags.DataRemoved }).Pack())
            .Write("HDEL", Keys.Requests(bucket), slot);
        var notes = job.Callback is null ? null : JobNotes.Unpack(await store.Database.HashGetAsync(Keys.Metadata(bucket), slot));
        var differ = await (notes?.CallbackUrl is null
            ? drop.Write("HDEL", Keys.Metadata(bucket), slot)
            : drop.Write("HSET", Keys.Metadata(bucket), slot, (notes with { Metadata = default }).Pack())).CommitAsync();
        return differ.Length == 0;
    }

    /// <summary>Where answers to the job are: of its last batch, and of those that its history names.</summary>
    private async Task<List<ResultAddress>> AnswersAsync(long sequence, JobRecord job)
    {
        var history = await store.Database.HashGetAsync(Keys.History(JobSlots.BucketOf(sequence)), JobSlots.SlotOf(sequence));
        var found = new List<ResultAddress>();
        foreach (var number in HistoryCodec.Decode(history).Select(entry => entry.Batch).Append(job.Batch).Where(batch => batch != 0).Distinct())
        {
            var position = number == job.Batch ? job.Position : await PositionAsync(number, sequence);
            if (position is { } place && (await settlements.OutcomeAsync(number, place))?.Address is { } address)
            {
                found.Add(address);
            }
        }
        return found;
    }

    private async Task<int?> PositionAsync(long number, long sequence)
    {
        var chunks = (await batches.ReadAsync(number))?.ChunkCount ?? 0;
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            if ((await claims.ManifestAsync(number, chunk)).IndexOf(sequence) is >= 0 and var place)
            {
                return (chunk * RedisKeys.ChunkSize) + place;
            }
        }
        return null;
    }
}
