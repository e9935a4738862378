using System.Globalization;
using System.Text.Json;
using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Http;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>The end of one batch: answers what was done, writes the result files and the bill.</summary>
internal sealed class BatchResults : IDisposable
{
    private readonly OpenAiBatch _batch;
    private readonly DateTimeOffset _at;
    private readonly SimulatorLedger _ledger;
    private readonly double _cachedFraction;
    private readonly long _created;
    private readonly ResultFile _output;
    private readonly ResultFile _errors;
    private readonly StreamWriter _items;
    private readonly RunTotals _totals = new();

    public BatchResults(OpenAiBatch batch, DateTimeOffset at, OpenAiAccount account, FaultBook faults, SimulatorLedger ledger)
    {
        var mutation = faults.Mutations.Take(rule => rule.Provider is null or OpenAiAccount.Provider);
        _batch = batch;
        _at = at;
        _ledger = ledger;
        _cachedFraction = account.Settings.CachedFraction;
        _created = batch.At(BatchStatus.InProgress)!.Value.ToUnixTimeSeconds();
        _output = new ResultFile(account.Files, $"{batch.Id}_output.jsonl", mutation is { ErrorFile: false } ? mutation : null);
        _errors = new ResultFile(account.Files, $"{batch.Id}_error.jsonl", mutation is { ErrorFile: true } ? mutation : null);
        _items = new StreamWriter(ledger.ItemsPath(batch.Id));
    }

    private string Endpoint => _batch.Request.Endpoint;

    /// <param name="done">Requests that were done, in the order in which they ran.</param>
    /// <param name="expired">The others go to the error file as expired; otherwise they are in no file.</param>
    public RunTotals Write(int done, bool expired)
    {
        _batch.Input!.Visit((position, line, body, fate) =>
        {
            if (position >= done || fate?.Code == ItemFault.Expired)
            {
                Leave(line, body, expired || position < done);
            }
            else if (fate is not null && ResultLine.IsFailure(fate, Endpoint))
            {
                Fail(line, body, fate);
            }
            else
            {
                Answer(line, body, filtered: fate is not null);
            }
        });
        _totals.OutputFileId = _output.Close(_at, _batch.Request.OutputKept);
        _totals.ErrorFileId = _errors.Close(_at, _batch.Request.OutputKept);
        _batch.Entry.Paid = _totals.Completed;
        return _totals;
    }

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
        _items.Dispose();
    }

    private void Answer(InputLine line, ReadOnlySpan<byte> body, bool filtered)
    {
        var id = line.CustomId!;
        var answer = Answers.Answer.To(body, line.Prompt!);
        var bill = ItemBill.For(Endpoint, answer, _cachedFraction, filtered);
        _output.Write(id, ResultLine.Answered(id, LineId(id), ResponseBodies.Of(Endpoint, answer, bill, filtered, _created)));
        Pay(id, answer.Echo, bill);
    }

    private void Fail(InputLine line, ReadOnlySpan<byte> body, ItemFate fate)
    {
        _totals.Failed++;
        _errors.Write(line.CustomId!, ResultLine.Failed(line.CustomId!, LineId(line.CustomId!), fate));
        Skip(line.CustomId!, body, ResultLine.StatusOf(fate).ToString(CultureInfo.InvariantCulture));
    }

    private void Leave(InputLine line, ReadOnlySpan<byte> body, bool expired)
    {
        if (expired)
        {
            _totals.Failed++;
            _errors.Write(line.CustomId!, ResultLine.Expired(line.CustomId!, LineId(line.CustomId!)));
        }
        Skip(line.CustomId!, body, expired ? "expired" : "not_run");
    }

    private void Skip(string id, ReadOnlySpan<byte> body, string outcome)
    {
        _ledger.Items.EndUnpaid(id, _at);
        Note(new ItemEntry(_batch.Id, id, Fingerprint.Of(body).ToString(), outcome, Paid: false, 0, 0));
    }

    private void Pay(string id, Fingerprint body, ItemBill bill)
    {
        _totals.Completed++;
        _totals.InputTokens += bill.InputTokens;
        _totals.CachedTokens += bill.CachedTokens;
        _totals.OutputTokens += bill.OutputTokens;
        _ledger.Items.EndPaid(id, body, _at);
        Note(new ItemEntry(_batch.Id, id, body.ToString(), "200", Paid: true, bill.InputTokens, bill.OutputTokens));
    }

    private Fingerprint LineId(string customId) => Fingerprint.Of($"{_batch.Id}/{customId}");

    private void Note(ItemEntry entry) => _items.WriteLine(JsonSerializer.Serialize(entry, WireJson.Options));
}
