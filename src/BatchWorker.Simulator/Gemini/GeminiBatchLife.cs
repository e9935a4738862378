using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Clock;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Http;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.Gemini;

/// <summary>
/// The life of a batch: pending → running → succeeded, or failed, expired, cancelled. Called inside the agenda's gate; it sets each batch's next event itself.
/// </summary>
internal sealed class GeminiBatchLife(GeminiAccount account, Agenda agenda, FaultBook faults, SimulatorLedger ledger, IdSequence ids)
{
    private long _sequence;

    /// <summary>The batch, or why there is none. The same call twice makes two batches.</summary>
    public (GeminiBatch? Batch, IResult? Refusal) Create(CreateCall call, string model, bool isEmbedding, DateTimeOffset now)
    {
        if (!account.HasRoomForBatch)
        {
            return (null, GeminiError.QuotaExhausted(account.Settings.RetryDelay));
        }
        var path = call.FileName is null ? account.Files.NewPath() : account.Files.Find(call.FileName) is { IsGenerated: false } file ? file.Path : null;
        if (path is null)
        {
            return (null, GeminiError.NotFound());
        }
        try
        {
            var check = Check(call, path);
            return account.HasRoomForTokens(model, check.Tokens)
                ? (Begin(call, model, isEmbedding, check, path, now), null)
                : (null, GeminiError.QuotaExhausted(account.Settings.RetryDelay));
        }
        finally
        {
            // An open input needs no name
            if (call.FileName is null)
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Asks a batch that has not ended to stop.</summary>
    public void Cancel(GeminiBatch batch, DateTimeOffset now)
    {
        if (!batch.IsCancelling)
        {
            batch.IsCancelling = true;
            Then(batch, now, batch.Phases.Cancelling, at => EndWithout(batch, GeminiState.Cancelled, at));
        }
    }

    private GeminiInputCheck Check(CreateCall call, string path)
    {
        var check = new GeminiInputCheck(faults.Items);
        using var stream = new FileStream(path, call.FileName is null ? FileMode.CreateNew : FileMode.Open);
        if (call.Requests is { } requests)
        {
            check.Run(requests, stream);
        }
        else
        {
            check.Run(stream);
        }
        return check;
    }

    private GeminiBatch Begin(CreateCall call, string model, bool isEmbedding, GeminiInputCheck check, string path, DateTimeOffset now)
    {
        var name = ids.Next(GeminiBatch.Prefix);
        // As long as the real ones, so that the name of the results is too long for files.get
        name += Fingerprint.Of(name).ToString()[..12];
        var fate = faults.Batches.Take(rule => rule.Provider is null or GeminiAccount.Provider);
        var entry = ledger.Open(GeminiAccount.Provider, name, isEmbedding ? "asyncBatchEmbedContent" : "batchGenerateContent", now);
        entry.Model = model;
        entry.Items = check.Places.Count;
        var batch = new GeminiBatch(name, call with { Requests = null }, entry, now)
        {
            Model = model,
            IsEmbedding = isEmbedding,
            Phases = account.Settings.Phases.With(fate?.Phases ?? []),
            Fate = fate,
            Sequence = ++_sequence,
            InputFault = check.Fault,
            Input = new BatchInput(path, check.Places, check.Tokens, Fingerprint.Of(name).Bits, line => GeminiLine.ReadItem(line, prompt => RequestFault.In(prompt, isEmbedding, account, entry.BeganAt ?? now))),
        };
        batch.Enter(GeminiState.Pending, now);
        account.Batches.Add(batch);
        Within(batch, now, batch.Phases.Pending, at => Run(batch, at));
        return batch;
    }

    private void Run(GeminiBatch batch, DateTimeOffset at)
    {
        if (batch.Fate is { End: BatchEnd.Failed } fate)
        {
            Fail(batch, RpcCodes.Of(fate.Code), fate.Message, at);
        }
        else if (batch.InputFault is { } fault)
        {
            Fail(batch, RpcCode.InvalidArgument, fault, at);
        }
        else
        {
            batch.Enter(GeminiState.Running, at);
            batch.Entry.BeganAt = at;
            batch.Input!.Begin(GeminiAccount.Provider, faults.Items, id => ledger.Items.Begin(id, batch.CreatedAt));
            Within(batch, at, batch.Phases.Running, then => End(batch, then));
        }
    }

    private void End(GeminiBatch batch, DateTimeOffset at)
    {
        switch (batch.Fate?.End)
        {
            case BatchEnd.Expired:
                EndWithout(batch, GeminiState.Expired, at);
                break;
            case BatchEnd.Cancelled:
                Cancel(batch, at);
                break;
            default:
                Succeed(batch, at);
                break;
        }
    }

    private void Succeed(GeminiBatch batch, DateTimeOffset at)
    {
        using (var results = new GeminiResults(batch, at, account, faults, ledger))
        {
            results.Write(Share.Of(batch.Input!.Count, batch.Fate?.Fraction ?? 1));
        }
        Close(batch, GeminiState.Succeeded, at);
    }

    private static void Fail(GeminiBatch batch, RpcCode code, string message, DateTimeOffset at)
    {
        batch.Error = (code, message);
        Close(batch, GeminiState.Failed, at);
    }

    /// <summary>An expired batch has no results at all; whether a cancelled one may have some is not known, so it has none.</summary>
    private void EndWithout(GeminiBatch batch, GeminiState state, DateTimeOffset at)
    {
        if (batch.BeganAt is not null)
        {
            using var bill = new BatchBill(ledger, batch.Entry, at);
            batch.Input!.Visit((_, item, body, _) =>
            {
                if (state == GeminiState.Expired)
                {
                    bill.Expire(item.CustomId, body);
                }
                else
                {
                    bill.Leave(item.CustomId, body);
                }
            });
        }
        batch.Error = state == GeminiState.Expired
            ? (RpcCode.DeadlineExceeded, "The batch expired before it was completed.")
            : (RpcCode.Cancelled, "The operation was cancelled.");
        Close(batch, state, at);
    }

    private static void Close(GeminiBatch batch, GeminiState state, DateTimeOffset at)
    {
        batch.Input!.Dispose();
        batch.Input = null;
        batch.Enter(state, at);
    }

    /// <summary>What happens unless the batch expires first.</summary>
    private void Within(GeminiBatch batch, DateTimeOffset from, double seconds, Action<DateTimeOffset> happens)
    {
        var left = (batch.ExpiresAt - from).TotalSeconds;
        if (left < seconds)
        {
            Then(batch, from, left, at => EndWithout(batch, GeminiState.Expired, at));
        }
        else
        {
            Then(batch, from, seconds, happens);
        }
    }

    private void Then(GeminiBatch batch, DateTimeOffset from, double seconds, Action<DateTimeOffset> happens) =>
        agenda.Set(batch.Name, from + TimeSpan.FromSeconds(seconds), happens);
}
