using BatchWorker.Queue;
using BatchWorker.Tests.Simulation.Store;
using StackExchange.Redis;

namespace BatchWorker.Tests.Simulation.Oracles;

/// <summary>A batch as the store has it.</summary>
internal sealed record BatchFacts(long Number, BatchRecord Record, long Epoch, int Claimed, int Settlements, BatchTotals Totals);

/// <summary>The ledger as it lies in the store, read past the engine. What was decoded once is remembered by its bytes.</summary>
internal sealed class LedgerPicture(ModelStore store, RedisKeys keys)
{
    private readonly Dictionary<string, JobRecord> _jobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BatchRecord> _batches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BatchTotals> _totals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OutcomeRecord?[]> _outcomes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<long>> _manifests = new(StringComparer.Ordinal);

    private readonly Dictionary<RedisKey, string> _keys = [];
    private readonly Dictionary<long, string> _members = [];

    public RedisKeys Keys => keys;

    public ModelStore Store => store;

    public long Meta(string field) => ModelStore.Number(store.HashGet(KeyOf(keys.Meta), field));

    public JobRecord? Job(long sequence) =>
        store.HashGet(KeyOf(keys.States(JobSlots.BucketOf(sequence))), ModelStore.Text(sequence % RedisKeys.BucketSize)) is { } packed
            ? Remembered(_jobs, packed, bytes => JobRecord.Unpack(bytes))
            : null;

    public ReadOnlyMemory<byte>? Request(long sequence) =>
        store.HashGet(KeyOf(keys.Requests(JobSlots.BucketOf(sequence))), ModelStore.Text(sequence % RedisKeys.BucketSize)) is { } stored
            ? RequestCodec.Decode(Bytes.Raw(stored))?.Data
            : null;

    public IEnumerable<BatchFacts> Batches() =>
        store.Members(KeyOf(keys.Batches)).Where(entry => !double.IsInfinity(entry.Score)).Select(entry => Batch((long)entry.Score)).OfType<BatchFacts>();

    public BatchFacts? Batch(long number)
    {
        var key = KeyOf(keys.Batch(number));
        if (store.HashGet(key, LedgerFields.Record) is not { } packed)
        {
            return null;
        }
        var totals = store.HashGet(key, LedgerFields.Totals) is { } sums ? Remembered(_totals, sums, BatchTotals.Unpack) : new BatchTotals();
        return new BatchFacts(
            number,
            RecordIn(packed),
            Number(key, LedgerFields.Epoch),
            (int)Number(key, LedgerFields.Claimed),
            (int)Number(key, LedgerFields.Settlements),
            totals);
    }

    /// <summary>The record of a batch by its key; null when there is none.</summary>
    public BatchRecord? RecordAt(string key) => store.HashGet(key, LedgerFields.Record) is { } packed ? RecordIn(packed) : null;

    /// <summary>A record as it is written.</summary>
    public BatchRecord RecordIn(string packed) => Remembered(_batches, packed, bytes => BatchRecord.Unpack(bytes));

    public List<long> Manifest(long batch) =>
        store.Strings.TryGetValue(KeyOf(keys.Manifest(batch, 0)), out var packed) ? Remembered(_manifests, packed, bytes => ManifestCodec.Decode(bytes)) : [];

    public OutcomeRecord?[] Outcomes(long batch) =>
        store.Strings.TryGetValue(KeyOf(keys.Outcomes(batch, 0)), out var packed)
            ? Remembered(_outcomes, packed, bytes => [.. bytes.Chunk(OutcomeRecord.Size).Select(record => OutcomeRecord.Unpack(record))])
            : [];

    public OutcomeRecord? Outcome(long batch, int position) => Outcomes(batch) is var outcomes && position < outcomes.Length ? outcomes[position] : null;

    /// <summary>What a batch has added to a day.</summary>
    public BatchTotals Day(long day, int lane, long batch) => DayTotals.Unpack(Bytes.Value(store.HashGet(KeyOf(keys.Day(day, lane)), ModelStore.Text(batch))));

    /// <summary>What the pages of all days and lanes say, and what batches have added to them.</summary>
    public IEnumerable<(BatchTotals Sum, IReadOnlyList<BatchTotals> Parts)> Pages() =>
        store.Hashes.Where(hash => hash.Key.Contains("}:D:", StringComparison.Ordinal)).Select(hash => (
            (BatchTotals)DayTotals.Unpack(Bytes.Value(hash.Value.GetValueOrDefault(LedgerFields.Sum))),
            (IReadOnlyList<BatchTotals>)[.. hash.Value.Where(part => part.Key.All(char.IsAsciiDigit)).Select(part => DayTotals.Unpack(Bytes.Value(part.Value)))]));

    public bool IsIn(RedisKey set, long sequence) => store.IsMember(KeyOf(set), MemberOf(sequence));

    private string KeyOf(RedisKey key) => _keys.TryGetValue(key, out var known) ? known : _keys[key] = Bytes.Of(key);

    private string MemberOf(long sequence) => _members.TryGetValue(sequence, out var known) ? known : _members[sequence] = Bytes.Of(JobSlots.MemberOf(sequence));

    private long Number(string key, string field) => ModelStore.Number(store.HashGet(key, field));

    private static T Remembered<T>(Dictionary<string, T> known, string packed, Func<byte[], T> decode) =>
        known.TryGetValue(packed, out var value) ? value : known[packed] = decode(Bytes.Raw(packed));
}
