using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>What becomes of the requests that are not done when a batch ends.</summary>
internal enum Remainder
{
    /// <summary>The window closed.</summary>
    Expired,

    /// <summary>Somebody canceled.</summary>
    Canceled,

    /// <summary>The batch went wrong as a whole.</summary>
    Errored,

    /// <summary>They count as errored and no line says what became of them.</summary>
    Missing,
}

/// <summary>The end of one batch: answers what was done, writes the results and the bill.</summary>
internal sealed class MessageResults(MessageBatch batch, DateTimeOffset at, AnthropicSettings settings, FaultBook faults, SimulatorLedger ledger) : IDisposable
{
    private readonly ResultFile _file = new(batch.ResultsPath, faults.Mutations.Take(rule => rule.Provider is null or AnthropicAccount.Provider));
    private readonly BatchBill _bill = new(ledger, batch.Entry, at);

    /// <param name="done">Requests that were done, in the order in which they ran.</param>
    /// <param name="remainder">What becomes of the others.</param>
    public RequestCounts Write(int done, Remainder remainder)
    {
        batch.Input!.Visit((position, item, body, fate) =>
        {
            if (position >= done)
            {
                Leave(item.CustomId, body, remainder);
            }
            else if (fate is null or { Code: ItemFault.ContentFilter })
            {
                Answer(item, body, refused: fate is not null);
            }
            else if (fate.Code == ItemFault.Expired)
            {
                Leave(item.CustomId, body, Remainder.Expired);
            }
            else
            {
                Fail(item.CustomId, body, MessageResultLine.ErrorOf(fate));
            }
        });
        var totals = _bill.Totals;
        return remainder == Remainder.Missing
            ? new RequestCounts(0, totals.Succeeded, totals.Failed + totals.NotRun, 0, totals.Expired)
            : new RequestCounts(0, totals.Succeeded, totals.Failed, totals.NotRun, totals.Expired);
    }

    public void Dispose()
    {
        _file.Dispose();
        _bill.Dispose();
    }

    private void Answer(BatchItem item, ReadOnlySpan<byte> body, bool refused)
    {
        var answer = Answers.Answer.To(body, item.Prompt);
        var usage = MessageUsage.Of(answer, settings, refused);
        _file.Write(item.CustomId, MessageResultLine.Succeeded(item.CustomId, MessageBody.Of(answer, usage, refused)));
        _bill.Pay(item.CustomId, answer.Echo, usage.Bill);
    }

    private void Fail(string id, ReadOnlySpan<byte> body, (string Type, string Message) error)
    {
        _file.Write(id, MessageResultLine.Errored(id, error.Type, error.Message));
        _bill.Fail(id, body, AnthropicError.StatusOf(error.Type));
    }

    private void Leave(string id, ReadOnlySpan<byte> body, Remainder remainder)
    {
        switch (remainder)
        {
            case Remainder.Expired:
                _file.Write(id, MessageResultLine.Bare(id, "expired"));
                _bill.Expire(id, body);
                break;
            case Remainder.Canceled:
                _file.Write(id, MessageResultLine.Bare(id, "canceled"));
                _bill.Leave(id, body);
                break;
            case Remainder.Errored:
                Fail(id, body, MessageResultLine.ErrorOf(batch.Fate!));
                break;
            case Remainder.Missing:
                _bill.Leave(id, body);
                break;
        }
    }
}
