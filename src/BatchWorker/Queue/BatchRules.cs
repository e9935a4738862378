using System.Globalization;
using System.Security.Cryptography;
using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>What must hold for a batch and its parts; pure.</summary>
internal static class BatchRules
{
    /// <param name="batch">The batch.</param>
    /// <param name="chunks">Its parts, of the same moment.</param>
    /// <param name="leftovers">Whether what a settlement that was cut off leaves counts: it is finished by the next look.</param>
    public static IEnumerable<(string Invariant, string Detail)> Broken(OwnedBatch batch, IReadOnlyList<BatchChunk> chunks, bool leftovers)
    {
        var open = chunks.SelectMany(chunk => chunk.Outcomes).Any(outcome => outcome?.Settlement > batch.Settlements);
        if (open)
        {
            return leftovers ? Manifest(batch, chunks).Append((Invariants.Money, "has outcomes that were not counted")) : Manifest(batch, chunks);
        }
        return Manifest(batch, chunks).Concat(chunks.SelectMany(chunk => Places(batch, chunk))).Concat(Totals(batch, chunks));
    }

    public static bool IsSameSum(BatchTotals one, BatchTotals other) => one.Sums() == other.Sums();

    public static string Show(BatchTotals totals) => string.Create(CultureInfo.InvariantCulture, $"{totals.Settled} jobs and {totals.BatchPico} pico-USD");

    private static IEnumerable<(string Invariant, string Detail)> Manifest(OwnedBatch batch, IReadOnlyList<BatchChunk> chunks)
    {
        for (var i = 0; i < chunks.Count; i++)
        {
            var expected = Math.Min(RedisKeys.ChunkSize, batch.Claimed - (i * RedisKeys.ChunkSize));
            if (chunks[i].Manifest.Count != expected)
            {
                yield return (Invariants.OnePlace, $"has {chunks[i].Manifest.Count} jobs in chunk {i} of its manifest instead of {expected}");
            }
        }
        var twice = chunks.SelectMany(chunk => chunk.Manifest).CountBy(sequence => sequence).Where(job => job.Value > 1).ToArray();
        if (twice.Length > 0)
        {
            yield return (Invariants.OneBatch, $"has job number {twice[0].Key} {twice[0].Value} times");
        }
        if (batch.Record.ManifestSha256 is { } seal && (batch.Record.JobCount != batch.Claimed || seal != HashOf(chunks)))
        {
            yield return (Invariants.OnePlace, "has another manifest than the one that was sealed");
        }
    }

    private static IEnumerable<(string Invariant, string Detail)> Places(OwnedBatch batch, BatchChunk chunk)
    {
        for (var i = 0; i < chunk.Manifest.Count; i++)
        {
            var (sequence, job, settled) = (chunk.Manifest[i], chunk.Jobs[i], chunk.Outcomes[i] is not null);
            var holds = job is { State: JobState.Batched } && job.Batch == batch.Number;
            if (settled && holds)
            {
                yield return (Invariants.OnePlace, $"has settled job number {sequence} and still holds it");
            }
            else if (!settled && !holds)
            {
                yield return job switch
                {
                    null => (Invariants.NothingLost, $"holds job number {sequence}, which is not there"),
                    { State: JobState.Batched } => (Invariants.OneBatch, $"holds job number {sequence}, which is in batch number {job.Batch} too"),
                    _ => (Invariants.OnePlace, $"holds job number {sequence}, which is {job.State.Wire()}"),
                };
            }
        }
    }

    private static IEnumerable<(string Invariant, string Detail)> Totals(OwnedBatch batch, IReadOnlyList<BatchChunk> chunks)
    {
        var sum = chunks.SelectMany(chunk => chunk.Outcomes).OfType<OutcomeRecord>().Aggregate(new BatchTotals(), (sum, outcome) => sum.Add(outcome));
        if (!IsSameSum(sum, batch.Totals))
        {
            yield return (Invariants.Money, $"adds up to {Show(batch.Totals)}, its jobs to {Show(sum)}");
        }
        if (batch.State.HasEnded() && sum.Settled != batch.Claimed)
        {
            yield return (Invariants.Answered, $"has ended with {sum.Settled} of {batch.Claimed} outcomes");
        }
    }

    private static string HashOf(IReadOnlyList<BatchChunk> chunks)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var chunk in chunks)
        {
            hash.AppendData(chunk.Bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
