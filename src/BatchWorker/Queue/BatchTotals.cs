using System.Text.Json;
using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>What the outcomes of a batch add up to: computed by its owner and written as a whole, so that a repeat changes nothing.</summary>
internal record BatchTotals : StoredRecord
{
    public int Succeeded { get; init; }

    public int Failed { get; init; }

    public int Expired { get; init; }

    public int Cancelled { get; init; }

    public int Missing { get; init; }

    /// <summary>Of these, jobs that went back to the queue.</summary>
    public int Requeued { get; init; }

    /// <summary>Succeeded jobs whose price is unknown.</summary>
    public int Unpriced { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long CachedTokens { get; init; }

    public long CacheWriteTokens { get; init; }

    /// <summary>Pico-USD at the real-time price.</summary>
    public long RealtimePico { get; init; }

    /// <summary>Pico-USD paid.</summary>
    public long BatchPico { get; init; }

    /// <summary>Number of the last settlement that was added.</summary>
    public int LastSettlement { get; init; }

    public int Settled => Succeeded + Failed + Expired + Cancelled + Missing;

    /// <summary>The sums alone, to compare: nothing of what a day adds to them.</summary>
    public BatchTotals Sums() => new(this) { LastSettlement = 0, Unknown = null };

    public BatchTotals Add(OutcomeRecord outcome) => this with
    {
        Succeeded = Succeeded + (outcome.Outcome == Outcome.Succeeded ? 1 : 0),
        Failed = Failed + (outcome.Outcome == Outcome.Failed ? 1 : 0),
        Expired = Expired + (outcome.Outcome == Outcome.Expired ? 1 : 0),
        Cancelled = Cancelled + (outcome.Outcome == Outcome.Cancelled ? 1 : 0),
        Missing = Missing + (outcome.Outcome == Outcome.Missing ? 1 : 0),
        Requeued = Requeued + (outcome.Requeued ? 1 : 0),
        Unpriced = Unpriced + (outcome.IsUnpriced ? 1 : 0),
        InputTokens = InputTokens + outcome.Usage.InputTokens,
        OutputTokens = OutputTokens + outcome.Usage.OutputTokens,
        CachedTokens = CachedTokens + outcome.Usage.CachedTokens,
        CacheWriteTokens = CacheWriteTokens + outcome.Usage.CacheWriteTokens,
        RealtimePico = RealtimePico + (outcome.RealtimePico ?? 0),
        BatchPico = BatchPico + (outcome.BatchPico ?? 0),
    };

    /// <summary>Adds a settlement; nothing when it was added before.</summary>
    public BatchTotals Add(int settlement, IEnumerable<OutcomeRecord> outcomes) =>
        settlement <= LastSettlement ? this : outcomes.Aggregate(this, (sum, outcome) => sum.Add(outcome)) with { LastSettlement = settlement };

    public byte[] Pack() => JsonSerializer.SerializeToUtf8Bytes(this, LedgerJson.Default.BatchTotals);

    public static BatchTotals Unpack(byte[]? bytes) =>
        bytes is null ? new BatchTotals() : JsonSerializer.Deserialize(bytes, LedgerJson.Default.BatchTotals)!;
}
