using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Simulation.Store;

namespace BatchWorker.Tests.Simulation.Oracles;

/// <summary>
/// Looks at what a process is about to write and at what it believes: only who took a batch into its hands last changes it, no create call is
/// intended for a batch whose cancellation was asked for, and nobody trusts a lease that the store would let others ignore.
/// </summary>
internal sealed class FenceOracle(LedgerPicture picture)
{
    private static readonly string[] s_owned = [LedgerFields.Record, LedgerFields.Totals, LedgerFields.Settlements];
    private readonly string _leases = Bytes.Of(picture.Keys.Leases);
    private readonly string _batches = Bytes.Of(picture.Keys.Batch(0))[..^1];
    private readonly Dictionary<string, SimProcess> _hands = new(StringComparer.Ordinal);

    /// <summary>Before the script of a process is run.</summary>
    public void Look(SimProcess process, ScriptPlan plan)
    {
        foreach (var write in plan.Writes.Where(write => write.Command == "HSET" && write.Key.StartsWith(_batches, StringComparison.Ordinal)))
        {
            var fields = write.Arguments.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
            if (fields.ContainsKey(LedgerFields.Owner))
            {
                _hands[write.Key] = process;
            }
            else if (s_owned.Any(fields.ContainsKey))
            {
                LookAtChange(process, write.Key, fields.GetValueOrDefault(LedgerFields.Record));
            }
        }
    }

    /// <summary>Whether what a process believes of its lease is what the store holds.</summary>
    public void LookAtTrust(SimProcess process, OwnerLease lease)
    {
        if (lease.IsTrusted)
        {
            var held = picture.Store.HashGet(_leases, process.Name);
            Violation.Unless(!OwnerLease.HasRunOut(held, process.Time.GetUtcNow().ToUnixTimeMilliseconds()), "lease", $"{process.Name} trusts a lease that others may ignore: {held}");
        }
    }

    private void LookAtChange(SimProcess process, string batch, string? record)
    {
        var was = picture.RecordAt(batch)!;
        if (was.State.HasEnded())
        {
            return;
        }
        Violation.Unless(_hands[batch] == process, "fence", $"{process.Name} changes {batch}, which {_hands[batch].Name} has in its hands");
        if (record is not null && was.Intent is null && picture.RecordIn(record) is { State: BatchState.Submitting, Intent: not null })
        {
            Violation.Unless(picture.Store.HashGet(batch, LedgerFields.Cancel) is null, "fence", $"{process.Name} intends a create call for {batch}, whose cancellation was asked for");
        }
    }
}
