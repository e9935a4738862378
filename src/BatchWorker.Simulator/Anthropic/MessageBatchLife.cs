using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Clock;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Http;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>
/// The life of a batch: in_progress → ended, or in_progress → canceling → ended; its requests run from its creation on.
/// Called inside the agenda's gate; it sets each batch's next event itself.
/// </summary>
internal sealed class MessageBatchLife(AnthropicAccount account, Agenda agenda, FaultBook faults, SimulatorLedger ledger, IdSequence ids)
{
    /// <summary>Null when the batch may be created.</summary>
    public AnthropicError? Refuse(Envelope envelope)
    {
        if (account.Settings.SpendLimitReached)
        {
            return new AnthropicError(StatusCodes.Status429TooManyRequests, "You have reached your specified API usage limits.", "enforced_spend_limit_reached");
        }
        if (account.Queued + envelope.Places.Count > account.Settings.MaxQueuedRequests)
        {
            var message = $"This request would exceed the limit of {account.Settings.MaxQueuedRequests} batch requests in the processing queue. Please try again later.";
            return new AnthropicError(StatusCodes.Status429TooManyRequests, message) { RetryAfter = account.Settings.QueueRetryAfter };
        }
        return faults.Items.All.Any(fate => fate.Validation) ? RefuseByFate(envelope) : null;
    }

    public MessageBatch Create(Envelope envelope, DateTimeOffset now)
    {
        var id = ids.Next("msgbatch_01");
        var fate = faults.Batches.Take(rule => rule.Provider is null or AnthropicAccount.Provider);
        var batch = new MessageBatch(id, ledger.Open(AnthropicAccount.Provider, id, "/v1/messages", now), now)
        {
            Phases = account.Settings.Phases.With(fate?.Phases ?? []),
            Fate = fate,
            ResultsPath = account.NewPath(),
            Counts = new RequestCounts(envelope.Places.Count),
        };
        batch.Enter(ProcessingStatus.InProgress, now);
        account.Batches.Add(batch);
        Begin(batch, envelope, now);
        return batch;
    }

    /// <summary>False when it has ended; nothing changes when it is canceled already.</summary>
    public bool Cancel(MessageBatch batch, DateTimeOffset now)
    {
        if (batch.Status == ProcessingStatus.InProgress)
        {
            BeginCancel(batch, account.Settings.CancelFraction is { } share ? Share.Of(batch.Entry.Items, share) : batch.DoneBy(now), now);
        }
        return batch.Status != ProcessingStatus.Ended;
    }

    private AnthropicError? RefuseByFate(Envelope envelope)
    {
        using var file = new ItemFile(envelope.Path);
        for (var index = 0; index < envelope.Places.Count; index++)
        {
            var bytes = file.Bytes(envelope.Places[index]);
            var item = envelope.ReadItem(bytes);
            if (faults.Items.Validate(AnthropicAccount.Provider, item.CustomId, bytes[item.Body]) is { } fate)
            {
                return AnthropicError.Invalid($"{(fate.NoLine ? "requests" : $"requests.{index}.params")}: {fate.Message ?? "Input is invalid"}");
            }
        }
        return null;
    }

    private void Begin(MessageBatch batch, Envelope envelope, DateTimeOffset at)
    {
        batch.Entry.BeganAt = at;
        batch.Entry.Model = envelope.Model;
        batch.Entry.Items = envelope.Places.Count;
        batch.Input = new BatchInput(envelope.Path, envelope.Places, envelope.Tokens, Fingerprint.Of(batch.Id).Bits, envelope.ReadItem);
        batch.Input.Begin(AnthropicAccount.Provider, faults.Items, customId => ledger.Items.Begin(customId, at));
        var untilWindowEnds = (batch.ExpiresAt - at).TotalSeconds;
        if (untilWindowEnds < batch.Phases.InProgress)
        {
            Then(batch, at, untilWindowEnds, then => End(batch, batch.DoneBy(then), Remainder.Expired, then));
            return;
        }
        var done = Share.Of(batch.Entry.Items, batch.Fate?.Fraction ?? 1);
        Then(batch, at, batch.Phases.InProgress, batch.Fate?.End switch
        {
            BatchEnd.Failed => then => End(batch, 0, Remainder.Errored, then),
            BatchEnd.Expired => then => End(batch, done, Remainder.Expired, then),
            BatchEnd.Cancelled => then => BeginCancel(batch, done, then),
            _ => then => End(batch, done, Remainder.Missing, then),
        });
    }

    private void BeginCancel(MessageBatch batch, int done, DateTimeOffset at)
    {
        batch.Enter(ProcessingStatus.Canceling, at);
        Then(batch, at, batch.Phases.Canceling, then => End(batch, done, Remainder.Canceled, then));
    }

    private void End(MessageBatch batch, int done, Remainder remainder, DateTimeOffset at)
    {
        using var input = batch.Input!;
        using var results = new MessageResults(batch, at, account.Settings, faults, ledger);
        var counts = results.Write(done, remainder);
        batch.Counts = counts with { Succeeded = counts.Succeeded + (batch.Fate?.Misreport?.Succeeded ?? 0) };
        batch.Input = null;
        batch.Enter(ProcessingStatus.Ended, at);
    }

    private void Then(MessageBatch batch, DateTimeOffset from, double seconds, Action<DateTimeOffset> happens) =>
        agenda.Set(batch.Id, from + TimeSpan.FromSeconds(seconds), happens);
}
