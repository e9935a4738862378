using System.Runtime.CompilerServices;
using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>The request at one place of a batch.</summary>
/// <param name="Position">Its place.</param>
/// <param name="Sequence">Number of the job.</param>
/// <param name="Id">The job; null when its record is gone.</param>
/// <param name="Data">What to send; null when it is gone or damaged.</param>
internal sealed record BatchedRequest(int Position, long Sequence, JobId? Id, ReadOnlyMemory<byte>? Data);

/// <summary>Reads what a sealed batch will send.</summary>
internal sealed class BatchRequests(LedgerStore store, JobClaims claims, Settlements settlements)
{
    /// <summary>Requests in memory at a time, in bytes before compression.</summary>
    private const long SliceBytes = 8 << 20;

    /// <summary>The requests without an outcome, in the order of the batch, some megabytes at a time.</summary>
    public async IAsyncEnumerable<IReadOnlyList<BatchedRequest>> ReadAsync(OwnedBatch batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var chunk = 0; chunk < batch.ChunkCount; chunk++)
        {
            var sequences = await claims.ManifestAsync(batch.Number, chunk);
            var records = await JobRecords.ReadAsync(store, sequences);
            var outcomes = await settlements.OutcomesAsync(batch.Number, chunk);
            var open = Enumerable.Range(0, sequences.Count).Where(i => i >= outcomes.Length || outcomes[i] is null);
            foreach (var slice in Slice(open, records))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return await LoadAsync(slice, chunk * RedisKeys.ChunkSize, sequences, records);
            }
        }
    }

    private static IEnumerable<List<int>> Slice(IEnumerable<int> places, JobRecord?[] records)
    {
        var slice = new List<int>();
        long bytes = 0;
        foreach (var place in places)
        {
            slice.Add(place);
            bytes += records[place]?.DataSize ?? 0;
            if (bytes >= SliceBytes)
            {
                yield return slice;
                slice = [];
                bytes = 0;
            }
        }
        if (slice.Count > 0)
        {
            yield return slice;
        }
    }

    private async Task<IReadOnlyList<BatchedRequest>> LoadAsync(List<int> slice, int first, List<long> sequences, JobRecord?[] records)
    {
        var wanted = slice.ConvertAll(i => sequences[i]);
        var stored = await JobSlots.ReadAsync(store.Database, wanted, store.Keys.Requests);
        var requests = new List<BatchedRequest>(slice.Count);
        for (var i = 0; i < slice.Count; i++)
        {
            var request = stored[i].HasValue ? RequestCodec.Decode(((ReadOnlyMemory<byte>)stored[i]).Span) : null;
            requests.Add(new BatchedRequest(first + slice[i], wanted[i], records[slice[i]]?.IdOf(wanted[i]), request?.Data));
        }
        return requests;
    }
}
