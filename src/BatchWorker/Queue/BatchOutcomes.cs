using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>What a batch did for the job at one of its places.</summary>
internal sealed record BatchOutcome(int Position, JobId Job, OutcomeRecord Outcome, string? Code);

/// <summary>Reads the outcomes of an ended batch in its order.</summary>
internal sealed class BatchOutcomes(JobReads jobs, JobClaims claims, Settlements settlements, ErrorCodes codes)
{
    /// <summary>The outcomes of one chunk from a place on; empty behind the end.</summary>
    public async Task<IReadOnlyList<BatchOutcome>> ReadAsync(OwnedBatch batch, int from, int most)
    {
        if (from >= batch.Claimed)
        {
            return [];
        }
        var chunk = from / RedisKeys.ChunkSize;
        var first = from % RedisKeys.ChunkSize;
        var sequences = (await claims.ManifestAsync(batch.Number, chunk)).Skip(first).Take(most).ToArray();
        var outcomes = await settlements.OutcomesAsync(batch.Number, chunk);
        var records = await jobs.ReadAsync(sequences);
        var found = new List<BatchOutcome>(sequences.Length);
        for (var i = 0; i < sequences.Length; i++)
        {
            if (records[i] is { } record && first + i < outcomes.Length && outcomes[first + i] is { } outcome)
            {
                found.Add(new BatchOutcome(from + i, record.IdOf(sequences[i]), outcome, await codes.CodeOfAsync(outcome.Code)));
            }
        }
        return found;
    }
}
