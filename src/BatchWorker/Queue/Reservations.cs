using System.Buffers.Binary;

namespace BatchWorker.Queue;

/// <summary>
/// Computes reservations. What is reserved for each job stands beside the manifest, so that a settlement gives back what its jobs held, to the last digit.
/// </summary>
internal sealed class Reservations(LedgerStore store)
{
    private const int Size = sizeof(long);

    /// <summary>The reservation of a batch with more jobs.</summary>
    public Task<Reservation> AddAsync(OwnedBatch batch, long[] sequences, long[] pico) =>
        ChangeAsync(batch.Reserved ?? new Reservation(0, ValueSums.None), store.Options.CostKeys, sequences, pico, 1);

    /// <summary>The reservation of a batch when some of its jobs have left it; null when it has none.</summary>
    public async Task<Reservation?> ReleaseAsync(OwnedBatch batch, IReadOnlyList<Settlement> settled)
    {
        if (batch.Reserved is null)
        {
            return null;
        }
        var pico = new long[settled.Count];
        foreach (var chunk in settled.Index().GroupBy(place => place.Item.Position / RedisKeys.ChunkSize))
        {
            var reserved = await ReadAsync(batch.Number, chunk.Key);
            foreach (var (i, settlement) in chunk)
            {
                pico[i] = reserved.ElementAtOrDefault(settlement.Position % RedisKeys.ChunkSize);
            }
        }
        return await ChangeAsync(batch.Reserved, KeysOf(batch.Reserved), [.. settled.Select(settlement => settlement.Sequence)], pico, -1);
    }

    /// <summary>What a reservation should be: that of the jobs without an outcome, computed from what stands beside the manifest.</summary>
    public async Task<Reservation> RecountAsync(OwnedBatch batch, Reservation held, IReadOnlyList<BatchChunk> chunks)
    {
        var (sequences, pico) = (new List<long>(), new List<long>());
        foreach (var (number, chunk) in chunks.Index())
        {
            var reserved = await ReadAsync(batch.Number, number);
            foreach (var place in Enumerable.Range(0, chunk.Manifest.Count).Where(place => chunk.Outcomes[place] is null))
            {
                sequences.Add(chunk.Manifest[place]);
                pico.Add(reserved.ElementAtOrDefault(place));
            }
        }
        return await ChangeAsync(Emptied(held), KeysOf(held), [.. sequences], [.. pico], 1);
    }

    /// <summary>What is reserved for the jobs of a chunk, in its order; empty when nothing is.</summary>
    public async Task<long[]> ReadAsync(long batch, int chunk)
    {
        var bytes = (byte[]?)await store.Database.StringGetAsync(store.Keys.Reserved(batch, chunk)) ?? [];
        return [.. bytes.Chunk(Size).Select(job => BinaryPrimitives.ReadInt64BigEndian(job))];
    }

    public static byte[] Pack(long[] pico)
    {
        var bytes = new byte[pico.Length * Size];
        for (var i = 0; i < pico.Length; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(i * Size), pico[i]);
        }
        return bytes;
    }

    private async Task<Reservation> ChangeAsync(Reservation before, IReadOnlyList<string> keys, long[] sequences, long[] pico, int sign) =>
        new(before.Pico + (sign * pico.Sum()), await ByValueAsync(before.ByValue, keys, sequences, pico, sign));

    /// <summary>Values that a batch has beyond the bound are held together; a job leaves as it came.</summary>
    private async Task<ValueSums> ByValueAsync(ValueSums before, IReadOnlyList<string> keys, long[] sequences, long[] pico, int sign)
    {
        if (keys.Count == 0)
        {
            return before;
        }
        var metadata = await JobSlots.ReadAsync(store.Database, sequences, store.Keys.Metadata);
        var jobs = metadata.SelectMany((job, i) => CostValues.In(job, keys).Select(value => (Value: value, Pico: pico[i])));
        return jobs.GroupBy(job => job.Value).Aggregate(before, (sums, value) =>
            sums.Add(value.Key.Key, value.Key.Value, new ValueTotals(sign * value.Count(), 0, 0, sign * value.Sum(job => job.Pico)), ValueSums.None));
    }

    /// <summary>The keys by which a reservation was made; others may be configured by now.</summary>
    private static string[] KeysOf(Reservation reservation) => [.. reservation.ByValue.All.Select(value => value.Key).Distinct()];

    /// <summary>The same names with nothing in them: which values are held together stays as it was.</summary>
    private static Reservation Emptied(Reservation reservation) => new(0, reservation.ByValue.Plus(reservation.ByValue, -1));
}
