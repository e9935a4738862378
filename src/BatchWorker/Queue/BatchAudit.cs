using System.Collections.Concurrent;
using System.Globalization;
using BatchWorker.Archive;
using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>Holds a batch against what must be true of it; reads only, while everything goes on.</summary>
internal sealed class BatchAudit(LedgerStore store, BatchLedger batches, BatchParts parts, DayBook days, ISegmentStore segments)
{
    private readonly Reservations _reservations = new(store);
    private const int MostEpochs = 100_000;
    private readonly ConcurrentDictionary<long, long> _epochs = new();

    private RedisKeys Keys => store.Keys;

    /// <summary>
    /// What is wrong with a batch; null when it changed while it was read, so that its parts are of different moments.
    /// </summary>
    /// <param name="number">The batch.</param>
    /// <param name="mostFrames">Frames of stored answers that are read; each holds many.</param>
    public async Task<IReadOnlyList<Violation>?> CheckAsync(long number, int mostFrames)
    {
        if (await batches.ReadAsync(number) is not { } batch)
        {
            var listed = await store.Database.SortedSetScoreAsync(Keys.Batches, number) is not null || await store.Database.SortedSetScoreAsync(Keys.OpenBatches, number) is not null;
            return listed ? [new Violation(Invariants.Reach, $"batch number {number}", "is listed and does not exist")] : [];
        }
        var found = new List<(string Invariant, string Detail)>();
        found.AddRange(EpochOf(batch));
        found.AddRange(await ReachAsync(batch));
        found.AddRange(await BindingAsync(batch));
        var chunks = await parts.ReadAsync(batch);
        found.AddRange(BatchRules.Broken(batch, chunks, leftovers: !store.Options.CutsScripts));
        found.AddRange(await MoneyAsync(batch, chunks));
        found.AddRange(await ReservationAsync(batch, chunks));
        found.AddRange(await AnswersAsync(batch, chunks, mostFrames));
        var after = await batches.ReadAsync(number);
        return after is not null && IsSame(batch, after) ? [.. found.Select(one => new Violation(one.Invariant, batch.Record.Id, one.Detail))] : null;
    }

    private static bool IsSame(OwnedBatch batch, OwnedBatch after) =>
        after.Epoch == batch.Epoch && after.Claimed == batch.Claimed && after.Settlements == batch.Settlements && after.Stored.AsSpan().SequenceEqual(batch.Stored);

    private IEnumerable<(string Invariant, string Detail)> EpochOf(OwnedBatch batch)
    {
        if (!long.TryParse(batch.Epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) || epoch < 1)
        {
            return [(Invariants.Epoch, $"has the epoch '{batch.Epoch}'")];
        }
        if (_epochs.Count >= MostEpochs)
        {
            _epochs.Clear();
        }
        var highest = _epochs.AddOrUpdate(batch.Number, epoch, (_, known) => Math.Max(known, epoch));
        return epoch < highest ? [(Invariants.Epoch, $"has the epoch {epoch} after {highest}")] : [];
    }

    private async Task<List<(string Invariant, string Detail)>> ReachAsync(OwnedBatch batch)
    {
        var found = new List<(string, string)>();
        if (batch.State == BatchState.Preparing && store.Options.CutsScripts)
        {
            return found; // it is sealed at the latest when its drain counts as dead, and is in its lists then
        }
        var open = await store.Database.SortedSetScoreAsync(Keys.OpenBatches, batch.Number) is not null;
        if (batch.State.HasEnded() ? open && !store.Options.CutsScripts : !open)
        {
            found.Add((Invariants.Reach, $"is {batch.State.Wire()} and {(open ? "" : "not ")}among the open batches"));
        }
        if (await store.Database.SortedSetScoreAsync(Keys.Batches, batch.Number) is null)
        {
            found.Add((Invariants.Reach, "is in no list"));
        }
        if (BatchWorkRules.WorkOf(batch.State) is { } work && await store.Database.SortedSetScoreAsync(Keys.Work(work), batch.Number) is null)
        {
            found.Add((Invariants.Reach, $"is {batch.State.Wire()} and nobody looks at it"));
        }
        return found;
    }

    private async Task<List<(string Invariant, string Detail)>> BindingAsync(OwnedBatch batch)
    {
        var found = new List<(string, string)>();
        var record = batch.Record;
        if (record is { Account: not null, ProviderBatchId: not null } && await store.Database.HashGetAsync(Keys.Bound(record.Account), record.ProviderBatchId) != batch.Number)
        {
            found.Add((Invariants.OneBinding, $"is {record.ProviderBatchId}, which is not bound to it"));
        }
        if (LaneClaim.Of(batch.Number, record) is { } claim && !(claim.Until <= store.Now) && await store.Database.HashGetAsync(Keys.CreateLanes, claim.Account) != claim.Value)
        {
            found.Add((Invariants.OneBinding, "has a create call of unknown outcome and not the lane of its account"));
        }
        return found;
    }

    /// <summary>The days of a batch that is being dropped are summed up already.</summary>
    private async Task<List<(string Invariant, string Detail)>> MoneyAsync(OwnedBatch batch, IReadOnlyList<BatchChunk> chunks)
    {
        var sum = new DayTotals();
        foreach (var day in chunks.SelectMany(chunk => chunk.Outcomes).OfType<OutcomeRecord>().Select(outcome => DayBook.DayOf(outcome.AtMs)).Distinct())
        {
            sum = sum.Plus(await days.PartAsync(day, batch.Record.LaneNumber, batch.Number));
        }
        return BatchRules.IsSameSum(sum, batch.Totals) ? [] : [(Invariants.Money, $"adds up to {BatchRules.Show(batch.Totals)}, its days to {BatchRules.Show(sum)}")];
    }

    /// <summary>Not while a settlement that was cut off waits to be finished: its outcomes are there, what they give back is not.</summary>
    private async Task<List<(string Invariant, string Detail)>> ReservationAsync(OwnedBatch batch, IReadOnlyList<BatchChunk> chunks)
    {
        if (batch.Reserved is not { } held || chunks.SelectMany(chunk => chunk.Outcomes).Any(outcome => outcome?.Settlement > batch.Settlements))
        {
            return [];
        }
        var due = await _reservations.RecountAsync(batch, held, chunks);
        return held.Pico == due.Pico && held.ByValue.Pack().AsSpan().SequenceEqual(due.ByValue.Pack()) ? []
            : [(Invariants.Budget, $"holds back {held.Pico} pico-USD of the budgets instead of {due.Pico}, or not for the right values")];
    }

    private async Task<List<(string Invariant, string Detail)>> AnswersAsync(OwnedBatch batch, IReadOnlyList<BatchChunk> chunks, int mostFrames)
    {
        var found = new List<(string, string)>();
        var stored = chunks.SelectMany(chunk => chunk.Manifest.Zip(chunk.Outcomes)).Where(place => place.Second is { Address: not null }).Select(place => (Job: place.First, Address: place.Second!.Address!.Value));
        foreach (var frame in stored.GroupBy(answer => (answer.Address.Segment, answer.Address.Offset)).Take(mostFrames))
        {
            var answers = await segments.ReadFrameAsync(frame.Key.Segment, frame.Key.Offset, CancellationToken.None);
            var wrong = frame.Where(answer => answers is null || answer.Address.Index >= answers.Count || answers[answer.Address.Index].JobSequence != answer.Job).ToArray();
            if (wrong.Length > 0)
            {
                found.Add((Invariants.Answered, $"has {wrong.Length} answers that are not in segment {frame.Key.Segment} at {frame.Key.Offset}, of job number {wrong[0].Job} first"));
            }
        }
        return found;
    }
}
