using System.Globalization;
using System.Text.Json;
using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Ledger;

/// <summary>The bill of one batch while it ends: every request of it goes in once. Written inside the agenda's gate.</summary>
internal sealed class BatchBill(SimulatorLedger ledger, BatchEntry entry, DateTimeOffset at) : IDisposable
{
    private readonly StreamWriter _items = new(ledger.ItemsPath(entry.Id));

    public RunTotals Totals { get; } = new();

    /// <summary>The request was answered.</summary>
    public void Pay(string customId, Fingerprint body, ItemBill bill)
    {
        Totals.Succeeded++;
        Totals.InputTokens += bill.InputTokens;
        Totals.CachedTokens += bill.CachedTokens;
        Totals.OutputTokens += bill.OutputTokens;
        entry.Paid++;
        ledger.Items.EndPaid(customId, body, at);
        Note(new ItemEntry(entry.Id, customId, body.ToString(), "200", Paid: true, bill.InputTokens, bill.OutputTokens, bill.CachedTokens, bill.WrittenTokens, bill.HourTokens));
    }

    /// <summary>The request ran and failed.</summary>
    public void Fail(string customId, ReadOnlySpan<byte> body, int status)
    {
        Totals.Failed++;
        Skip(customId, body, status.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The window closed before the request ran.</summary>
    public void Expire(string customId, ReadOnlySpan<byte> body)
    {
        Totals.Expired++;
        Skip(customId, body, "expired");
    }

    /// <summary>The batch ended before the request ran.</summary>
    public void Leave(string customId, ReadOnlySpan<byte> body)
    {
        Totals.NotRun++;
        Skip(customId, body, "not_run");
    }

    public void Dispose() => _items.Dispose();

    private void Skip(string customId, ReadOnlySpan<byte> body, string outcome)
    {
        ledger.Items.EndUnpaid(customId, at);
        Note(new ItemEntry(entry.Id, customId, Fingerprint.Of(body).ToString(), outcome, Paid: false, 0, 0, 0, 0, 0));
    }

    private void Note(ItemEntry item) => _items.WriteLine(JsonSerializer.Serialize(item, WireJson.Options));
}
