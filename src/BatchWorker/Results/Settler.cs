using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Results;

/// <summary>
/// Collects verdicts of one batch and settles them in groups: first into the segment and to the disk, then into the ledger.
/// </summary>
internal sealed class Settler(OwnedBatch batch, BatchPlaces places, ISegmentWriter segment, SettlerTools tools)
{
    private const long MostBytes = 8 << 20;
    private readonly List<(JobId? Id, int Place, Verdict Verdict)> _pending = [];
    private readonly HashSet<(JobId?, int)> _taken = [];
    private long _bytes;

    /// <summary>The batch after the last group; null when it is no longer ours.</summary>
    public OwnedBatch? Batch { get; private set; } = batch;

    /// <summary>Verdicts that belong to no open place of the batch: unknown ids and repetitions.</summary>
    public int Strays { get; private set; }

    /// <summary>Adds the verdict on a job that the provider names.</summary>
    public async Task AddAsync(JobId id, Verdict verdict, CancellationToken cancellationToken)
    {
        if (places.PlaceOf(id) is { } place)
        {
            if (verdict.Outcome == Outcome.Succeeded)
            {
                places.Answer(place);
            }
            await AddAsync(id, place, verdict, cancellationToken);
        }
        else
        {
            Strays++;
        }
    }

    /// <summary>Adds the verdict on a place.</summary>
    public Task AddAsync(int place, Verdict verdict, CancellationToken cancellationToken) => AddAsync(null, place, verdict, cancellationToken);

    /// <summary>Settles what was collected.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (Batch is null || _pending.Count == 0)
        {
            return;
        }
        var jobs = await tools.Jobs.ReadAsync([.. _pending.Select(pending => places.SequenceAt(pending.Place))]);
        var settlements = new List<Settlement>(_pending.Count);
        for (var i = 0; i < _pending.Count; i++)
        {
            if (await DecideAsync(_pending[i], jobs[i], cancellationToken) is { } settlement)
            {
                settlements.Add(settlement);
            }
        }
        await segment.FlushAsync(cancellationToken);
        await Failpoints.HitAsync(Failpoint.F15);
        Batch = await tools.Settlements.SettleAsync(Batch, settlements);
        await Failpoints.HitAsync(Failpoint.F16);
        settlements.ForEach(settlement => places.Settle(settlement.Position));
        _pending.Clear();
        _taken.Clear();
        _bytes = 0;
    }

    private async Task AddAsync(JobId? id, int place, Verdict verdict, CancellationToken cancellationToken)
    {
        if (places.WasSettledBefore(place))
        {
            return; // this is not the first reading
        }
        if (places.IsSettled(place) || !_taken.Add((id, place))) // an id that was made up may lead to the same place
        {
            Strays++;
            return;
        }
        _pending.Add((id, place, verdict));
        _bytes += verdict.Body.Length;
        if (_pending.Count >= Settlements.MaxOutcomes || _bytes >= MostBytes)
        {
            await FlushAsync(cancellationToken);
        }
    }

    /// <summary>Null for an id that leads to the place of another job: it was made up.</summary>
    private async Task<Settlement?> DecideAsync((JobId? Id, int Place, Verdict Verdict) pending, JobRecord? job, CancellationToken cancellationToken)
    {
        var sequence = places.SequenceAt(pending.Place);
        if (job is null)
        {
            throw new InvalidDataException($"Job number {sequence} of {Batch!.Record.Id} has no record.");
        }
        if (pending.Id is { } id && job.IdOf(sequence) != id)
        {
            Strays++;
            return null;
        }
        var verdict = pending.Verdict;
        var address = await segment.AppendAsync(new ArchivedResult(sequence, verdict.Body, verdict.Error), cancellationToken);
        var code = verdict.Error is null ? 0 : await tools.Codes.NumberOfAsync(verdict.Error.Code);
        var now = tools.Time.GetUtcNow();
        var outcome = OutcomeRules.Decide(job, verdict, code, tools.Prices.Of(Batch!.Record.Lane, verdict, now), address, now.ToUnixTimeMilliseconds(), tools.Options.RetryBackoff);
        return new Settlement(pending.Place, sequence, outcome with { Settlement = Batch.Settlements + 1 });
    }
}

/// <summary>What settling needs for any batch.</summary>
internal sealed record SettlerTools(JobReads Jobs, Settlements Settlements, ErrorCodes Codes, AnswerPrices Prices, ResultsOptions Options, TimeProvider Time);
