namespace BatchWorker.Queue;

/// <summary>A chunk of a batch as it is stored.</summary>
/// <param name="Bytes">The manifest; empty when it is not there.</param>
/// <param name="Manifest">Numbers of its jobs.</param>
/// <param name="Outcomes">What was settled, by place; as long as the manifest.</param>
/// <param name="Jobs">The jobs, by place; null where there is none.</param>
internal sealed record BatchChunk(byte[] Bytes, IReadOnlyList<long> Manifest, IReadOnlyList<OutcomeRecord?> Outcomes, IReadOnlyList<JobRecord?> Jobs);

/// <summary>Reads all that a batch is made of.</summary>
internal sealed class BatchParts(LedgerStore store, Settlements settlements)
{
    public async Task<IReadOnlyList<BatchChunk>> ReadAsync(OwnedBatch batch)
    {
        var chunks = new List<BatchChunk>(batch.ChunkCount);
        for (var chunk = 0; chunk < batch.ChunkCount; chunk++)
        {
            var bytes = (byte[]?)await store.Database.StringGetAsync(store.Keys.Manifest(batch.Number, chunk)) ?? [];
            var manifest = ManifestCodec.Decode(bytes);
            var outcomes = await settlements.OutcomesAsync(batch.Number, chunk);
            chunks.Add(new BatchChunk(bytes, manifest, [.. manifest.Select((_, place) => outcomes.ElementAtOrDefault(place))], await JobRecords.ReadAsync(store, manifest)));
        }
        return chunks;
    }
}
