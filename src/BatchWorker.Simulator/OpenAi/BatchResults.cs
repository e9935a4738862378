using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>The end of one batch: answers what was done, writes the result files and the bill.</summary>
internal sealed class BatchResults : IDisposable
{
    private readonly OpenAiBatch _batch;
    private readonly DateTimeOffset _at;
    private readonly FileStore _files;
    private readonly OpenAiSettings _settings;
    private readonly long _created;
    private readonly ResultFile _output;
    private readonly ResultFile _errors;
    private readonly BatchBill _bill;

    public BatchResults(OpenAiBatch batch, DateTimeOffset at, OpenAiAccount account, FaultBook faults, SimulatorLedger ledger)
    {
        var mutation = faults.Mutations.Take(rule => rule.Provider is null or OpenAiAccount.Provider);
        _batch = batch;
        _at = at;
        _files = account.Files;
        _settings = account.Settings;
        _created = batch.At(BatchStatus.InProgress)!.Value.ToUnixTimeSeconds();
        _output = new ResultFile(_files.NewPath(), mutation is { ErrorFile: false } ? mutation : null);
        _errors = new ResultFile(_files.NewPath(), mutation is { ErrorFile: true } ? mutation : null);
        _bill = new BatchBill(ledger, batch.Entry, at);
    }

    private string Endpoint => _batch.Request.Endpoint;

    /// <param name="done">Requests that were done, in the order in which they ran.</param>
    /// <param name="expired">The others go to the error file as expired; otherwise they are in no file.</param>
    public void Write(int done, bool expired)
    {
        _batch.Input!.Visit((position, item, body, fate) =>
        {
            if (position >= done || fate?.Code == ItemFault.Expired)
            {
                Leave(item.CustomId, body, expired || position < done);
            }
            else if (fate is not null && ResultLine.IsFailure(fate, Endpoint))
            {
                Fail(item.CustomId, body, fate);
            }
            else
            {
                Answer(item, body, filtered: fate is not null);
            }
        });
        _batch.Totals = _bill.Totals;
        _batch.OutputFileId = Keep(_output, "output");
        _batch.ErrorFileId = Keep(_errors, "error");
    }

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
        _bill.Dispose();
    }

    private void Answer(BatchItem item, ReadOnlySpan<byte> body, bool filtered)
    {
        var id = item.CustomId;
        var answer = Answers.Answer.To(body, item.Prompt);
        var bill = ResponseBodies.Bill(Endpoint, answer, _settings, filtered);
        _output.Write(id, ResultLine.Answered(id, LineId(id), ResponseBodies.Of(Endpoint, answer, bill, filtered, _created)));
        _bill.Pay(id, answer.Echo, bill);
    }

    private void Fail(string id, ReadOnlySpan<byte> body, ItemFate fate)
    {
        _errors.Write(id, ResultLine.Failed(id, LineId(id), fate));
        _bill.Fail(id, body, ResultLine.StatusOf(fate));
    }

    private void Leave(string id, ReadOnlySpan<byte> body, bool expired)
    {
        if (expired)
        {
            _errors.Write(id, ResultLine.Expired(id, LineId(id)));
            _bill.Expire(id, body);
        }
        else
        {
            _bill.Leave(id, body);
        }
    }

    private string? Keep(ResultFile file, string kind)
    {
        file.Dispose();
        return file.Exists ? _files.Add(file.Path, $"{_batch.Id}_{kind}.jsonl", "batch_output", _at, _batch.Request.OutputKept ?? FileEndpoints.DefaultKept).Id : null;
    }

    private Fingerprint LineId(string customId) => Fingerprint.Of($"{_batch.Id}/{customId}");
}
