using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Results;

/// <summary>
/// Turns an ended batch into settled jobs: what was paid for is stored first, then every job without an answer goes the way of the ending,
/// and the batch ends only when each of its jobs has exactly one outcome.
/// </summary>
internal sealed class Retriever(BatchLedger batches, JobClaims claims, ISegmentStore segments, RetrievalSources sources, LateAnswers late, SettlerTools tools, Instruments instruments, ILogger<Retriever> logger)
{
    public async Task HandleAsync(OwnedBatch batch, CancellationToken cancellationToken)
    {
        if (await tools.Settlements.FinishAsync(batch) is not { } whole)
        {
            return;
        }
        if (await late.IsWaitingAsync(whole, cancellationToken))
        {
            return;
        }
        var places = await BatchPlaces.LoadAsync(whole, claims, tools.Settlements, await tools.Codes.NumberOfAsync(LostRequests.Code));
        var settled = places.Open.Any() || whole.Record.UnreadLate.Any() ? await RetrieveAsync(whole, places, cancellationToken) : whole;
        if (settled is not null)
        {
            await EndAsync(settled, places);
        }
    }

    /// <summary>The batch with all its outcomes; null when it must be looked at again.</summary>
    private async Task<OwnedBatch?> RetrieveAsync(OwnedBatch batch, BatchPlaces places, CancellationToken cancellationToken)
    {
        if (!await segments.HasRoomAsync(cancellationToken))
        {
            await WaitForRoomAsync(batch);
            return null;
        }
        var source = await sources.OpenAsync(batch, cancellationToken);
        if (source.Failure is { } failure)
        {
            await sources.TryAgainAsync(batch, failure);
            return null;
        }
        await using var segment = await segments.CreateAsync(await batches.NextSegmentAsync(batch), cancellationToken);
        var settler = new Settler(batch, places, segment, tools);
        try
        {
            var settled = await SettleAsync(source.Value!, places, segment, settler, cancellationToken);
            return settled is null ? null : settled with { Record = settled.Record with { Reported = source.Value!.Answers?.Reported ?? settled.Record.Reported } };
        }
        catch (SegmentStoreFullException)
        {
            await WaitForRoomAsync(settler.Batch);
            return null;
        }
    }

    private async Task<OwnedBatch?> SettleAsync(RetrievalSource source, BatchPlaces places, ISegmentWriter segment, Settler settler, CancellationToken cancellationToken)
    {
        if (await ReadAsync(source, settler, cancellationToken) is { } interrupted)
        {
            await settler.FlushAsync(cancellationToken);
            await segment.CompleteAsync(cancellationToken);
            await TryAgainAsync(settler.Batch, interrupted);
            return null;
        }
        await settler.FlushAsync(cancellationToken);
        if (settler.Batch is { } own && own.Record.UnreadLate.Any())
        {
            await late.UseAsync(own, places, settler, cancellationToken);
            await segment.CompleteAsync(cancellationToken);
            return null;
        }
        if (settler.Batch is { } read && RetrievalSources.ShouldReadAgain(read, places))
        {
            await segment.CompleteAsync(cancellationToken);
            await TryAgainAsync(read, RetrievalSources.Incomplete);
            return null;
        }
        await SettleLeftoversAsync(source, places, settler, cancellationToken);
        await segment.CompleteAsync(cancellationToken);
        return settler.Batch;
    }

    private async Task<ProviderFailure?> ReadAsync(RetrievalSource source, Settler settler, CancellationToken cancellationToken)
    {
        if (source.Answers is not { } ended)
        {
            return null;
        }
        try
        {
            var holdsBack = settler.Batch?.Record.UnreadLate.Any() == true;
            var lines = await AnswerReader.ReadAsync(source.Provider!, ended, settler, holdsBack, cancellationToken);
            if (lines.Nameless + settler.Strays > 0)
            {
                Log.StrayLines(logger, settler.Batch?.Record.Id, lines.Nameless, settler.Strays);
            }
            return RetrievalSources.IsGarbage(settler.Batch, lines) ? RetrievalSources.Garbage : null;
        }
        catch (ProviderReadException interrupted)
        {
            if (!sources.IsGone(settler.Batch, interrupted.Failure))
            {
                return interrupted.Failure;
            }
            Log.AnswersLost(logger, settler.Batch!.Record.Id);
            return null;
        }
    }

    private async Task TryAgainAsync(OwnedBatch? batch, ProviderFailure failure)
    {
        if (batch is not null)
        {
            await sources.TryAgainAsync(batch, failure);
        }
    }

    private async Task WaitForRoomAsync(OwnedBatch? batch)
    {
        if (batch is not null)
        {
            Log.NoRoom(logger, batch.Record.Id);
            await sources.WaitForRoomAsync(batch);
        }
    }

    private static async Task SettleLeftoversAsync(RetrievalSource source, BatchPlaces places, Settler settler, CancellationToken cancellationToken)
    {
        await Failpoints.HitAsync(Failpoint.F13);
        foreach (var (place, verdict) in source.NamedLines(places))
        {
            await settler.AddAsync(place, verdict, cancellationToken);
        }
        await settler.FlushAsync(cancellationToken);
        foreach (var place in places.Open.ToArray())
        {
            await settler.AddAsync(place, source.Leftover, cancellationToken);
        }
        await settler.FlushAsync(cancellationToken);
    }

    private async Task EndAsync(OwnedBatch batch, BatchPlaces places)
    {
        if (places.Open.Any() || batch.Totals.Settled != batch.Claimed)
        {
            if (!await tools.Settlements.IsOursAsync(batch))
            {
                return;
            }
            throw new InvalidOperationException($"{batch.Record.Id} has {batch.Totals.Settled} outcomes for {batch.Claimed} jobs.");
        }
        await Failpoints.HitAsync(Failpoint.F17);
        var now = tools.Time.GetUtcNow();
        var ended = batch.Record with { State = batch.Record.Ending!.State, CompletedAt = now, Error = batch.Record.Ending.Error, Failures = 0 };
        if (await batches.ChangeAsync(batch, ended, now) is { } done)
        {
            await Failpoints.HitAsync(Failpoint.F18);
            instruments.BatchEnded(ended.Lane.Provider.Wire(), ended.State.Wire());
            Log.Ended(logger, ended.Id, ended.State, batch.Totals.Succeeded, batch.Totals.Settled - batch.Totals.Succeeded, batch.Totals.Requeued);
            Reconcile(done);
        }
    }

    /// <summary>Says so where the books of an ended batch differ from what its provider says of it.</summary>
    private void Reconcile(OwnedBatch ended)
    {
        if (BatchDrift.Of(ended) is not { } drift)
        {
            return;
        }
        var provider = ended.Record.Lane.Provider.Wire();
        if (drift.IsOfCounts)
        {
            instruments.BatchDrifted(provider, Instruments.DriftOfCounts);
        }
        if (drift.IsOfTokens)
        {
            instruments.BatchDrifted(provider, Instruments.DriftOfTokens);
        }
        Log.Drifts(logger, ended.Record.Id, drift.Requests, drift.Succeeded, drift.InputTokens, drift.OutputTokens, drift.CachedTokens);
    }
}
