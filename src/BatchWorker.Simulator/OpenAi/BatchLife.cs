using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Clock;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Http;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>
/// The life of a batch: validating → in_progress → finalizing → completed, or failed, expired, cancelling → cancelled.
/// Called inside the agenda's gate; it sets each batch's next event itself.
/// </summary>
internal sealed class BatchLife(OpenAiAccount account, Agenda agenda, FaultBook faults, SimulatorLedger ledger, IdSequence ids)
{
    public OpenAiBatch Create(BatchRequest request, DateTimeOffset now)
    {
        var id = ids.Next("batch_");
        var fate = faults.Batches.Take(rule => rule.Provider is null or OpenAiAccount.Provider);
        var batch = new OpenAiBatch(id, request, ledger.Open(OpenAiAccount.Provider, id, request.Endpoint, now), now)
        {
            Phases = account.Settings.Phases.With(fate?.Phases ?? []),
            Fate = fate,
        };
        batch.Enter(BatchStatus.Validating, now);
        account.Batches.Add(batch);
        Then(batch, now, batch.Phases.Validating, at => Validate(batch, at));
        return batch;
    }

    /// <summary>Null when it has ended.</summary>
    public OpenAiBatch? Cancel(OpenAiBatch batch, DateTimeOffset now)
    {
        if (batch.HasEnded)
        {
            return null;
        }
        if (batch.Status != BatchStatus.Cancelling)
        {
            var byClock = batch.DoneBy(now);
            BeginCancel(batch, account.Settings.CancelFraction is { } share ? ShareOf(batch, share) : byClock, now);
        }
        return batch;
    }

    private void Validate(OpenAiBatch batch, DateTimeOffset at)
    {
        if (batch.Fate is { End: BatchEnd.Failed } fate)
        {
            Fail(batch, [new BatchError(fate.Code, fate.Message, fate.Line)], at);
        }
        else if (account.Files.Find(batch.Request.InputFileId) is not { } file)
        {
            // A missing file fails the batch, not the call (stdapi-ai/stdapi.ai#240)
            Fail(batch, [new BatchError("invalid_file", $"The input file '{batch.Request.InputFileId}' does not exist.")], at);
        }
        else
        {
            Check(batch, file, at);
        }
    }

    private void Check(OpenAiBatch batch, StoredFile file, DateTimeOffset at)
    {
        var check = new InputCheck(batch.Request.Endpoint, account.Settings, faults.Items);
        using (var stream = File.OpenRead(file.Path))
        {
            check.Run(stream);
        }
        if (check.Errors.Count > 0)
        {
            Fail(batch, check.Errors, at);
        }
        else if (account.TokenLimit(check.Model!) is { } limit && account.EnqueuedTokens(check.Model!) + check.Tokens > limit)
        {
            Fail(batch, [TokenLimitExceeded(check.Model!, limit)], at);
        }
        else
        {
            batch.Entry.Model = check.Model;
            batch.Input = new BatchInput(file.Path, check.Lines, check.Tokens, Fingerprint.Of(batch.Id).Bits, InputLine.ReadItem);
            Begin(batch, at);
        }
    }

    private void Begin(OpenAiBatch batch, DateTimeOffset at)
    {
        batch.Enter(BatchStatus.InProgress, at);
        batch.Entry.BeganAt = at;
        batch.Entry.Items = batch.Input!.Count;
        batch.Input.Begin(OpenAiAccount.Provider, faults.Items, customId => ledger.Items.Begin(customId, batch.CreatedAt));
        var fraction = batch.Fate?.Fraction ?? 1;
        var untilWindowEnds = (batch.ExpiresAt - at).TotalSeconds;
        if (untilWindowEnds < batch.Phases.InProgress)
        {
            Then(batch, at, Math.Max(0, untilWindowEnds), then => Expire(batch, batch.DoneBy(then), then));
            return;
        }
        Then(batch, at, batch.Phases.InProgress, batch.Fate?.End switch
        {
            BatchEnd.Expired => then => Expire(batch, ShareOf(batch, fraction), then),
            BatchEnd.Cancelled => then => BeginCancel(batch, ShareOf(batch, fraction), then),
            _ => then => BeginFinalizing(batch, ShareOf(batch, fraction), then),
        });
    }

    private void BeginFinalizing(OpenAiBatch batch, int done, DateTimeOffset at)
    {
        batch.Done = done;
        batch.Enter(BatchStatus.Finalizing, at);
        Then(batch, at, batch.Phases.Finalizing, then => End(batch, BatchStatus.Completed, then));
    }

    private void BeginCancel(OpenAiBatch batch, int done, DateTimeOffset at)
    {
        batch.Done = done;
        batch.Enter(BatchStatus.Cancelling, at);
        Then(batch, at, batch.Phases.Cancelling, then => End(batch, BatchStatus.Cancelled, then));
    }

    private void Expire(OpenAiBatch batch, int done, DateTimeOffset at)
    {
        batch.Done = done;
        End(batch, BatchStatus.Expired, at);
    }

    private void End(OpenAiBatch batch, BatchStatus status, DateTimeOffset at)
    {
        if (batch.Input is { } input)
        {
            using var results = new BatchResults(batch, at, account, faults, ledger);
            results.Write(batch.Done!.Value, expired: status == BatchStatus.Expired);
            batch.Input = null;
            input.Dispose();
        }
        batch.Enter(status, at);
    }

    private static void Fail(OpenAiBatch batch, IReadOnlyList<BatchError> errors, DateTimeOffset at)
    {
        batch.Errors = errors;
        batch.Enter(BatchStatus.Failed, at);
    }

    private static int ShareOf(OpenAiBatch batch, double fraction) => Share.Of(batch.Input?.Count ?? 0, fraction);

    // Words of openai/openai-python#2084
    private static BatchError TokenLimitExceeded(string model, long limit) => new(
        "token_limit_exceeded",
        $"Enqueued token limit reached for {model} in organization org-simulator. Limit: {limit:N0} enqueued tokens. Please try again once some in_progress batches have been completed.");

    private void Then(OpenAiBatch batch, DateTimeOffset from, double seconds, Action<DateTimeOffset> happens) =>
        agenda.Set(batch.Id, from + TimeSpan.FromSeconds(seconds), happens);
}
