using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Results;

/// <summary>The places of a batch and which of them still wait for an outcome: some bytes for each job, however large the answers.</summary>
internal sealed class BatchPlaces
{
    private readonly long[] _sequences;
    private readonly Dictionary<long, int> _places;
    private readonly bool[] _settled;
    private readonly bool[] _before;
    private readonly bool[] _answered;
    private readonly List<int> _lines = [];

    private BatchPlaces(int count)
    {
        _sequences = new long[count];
        _places = new Dictionary<long, int>(count);
        _settled = new bool[count];
        _before = new bool[count];
        _answered = new bool[count];
    }

    public static async Task<BatchPlaces> LoadAsync(OwnedBatch batch, JobClaims claims, Settlements settlements, int lostCode)
    {
        var places = new BatchPlaces(batch.Claimed);
        for (var chunk = 0; chunk < batch.ChunkCount; chunk++)
        {
            var outcomes = await settlements.OutcomesAsync(batch.Number, chunk);
            foreach (var (i, sequence) in (await claims.ManifestAsync(batch.Number, chunk)).Index())
            {
                places.Add((chunk * RedisKeys.ChunkSize) + i, sequence, i < outcomes.Length ? outcomes[i] : null, lostCode);
            }
        }
        return places;
    }

    public int Count => _sequences.Length;

    /// <summary>The place of a job; null when it is not in this batch.</summary>
    public int? PlaceOf(JobId id) => _places.TryGetValue(id.Sequence, out var place) ? place : null;

    public long SequenceAt(int place) => _sequences[place];

    public bool IsSettled(int place) => _settled[place];

    /// <summary>It had its outcome already when this reading began.</summary>
    public bool WasSettledBefore(int place) => _before[place];

    public void Settle(int place) => _settled[place] = true;

    /// <summary>A provider's file has been met that holds a good answer for it, whether it was used or not.</summary>
    public bool IsAnswered(int place) => _answered[place];

    public void Answer(int place) => _answered[place] = true;

    /// <summary>Places without an outcome.</summary>
    public IEnumerable<int> Open => Enumerable.Range(0, Count).Where(place => !_settled[place]);

    /// <summary>The place whose request was on a line of the input, from 1; null when there was no such line.</summary>
    public int? PlaceOfLine(int line) => line >= 1 && line <= _lines.Count ? _lines[line - 1] : null;

    private void Add(int place, long sequence, OutcomeRecord? outcome, int lostCode)
    {
        _sequences[place] = sequence;
        _places[sequence] = place;
        _before[place] = _settled[place] = outcome is not null;
        if (outcome is null || outcome.Code != lostCode || outcome.Address is not null)
        {
            _lines.Add(place);
        }
    }
}
