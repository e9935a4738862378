using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Tests.Simulation.Vendors;

namespace BatchWorker.Tests.Simulation;

/// <summary>What operators have said about batches in doubt, and which of it was wrong: what a wrong word costs is not the engine's fault.</summary>
internal sealed class Words(History history)
{
    private readonly HashSet<SubmissionTag> _saidAbsent = [];

    /// <summary>Whether any word was wrong.</summary>
    public bool AnyWrong { get; private set; }

    /// <summary>The provider's batch that a create call really made; null for none.</summary>
    public VendorBatch? TruthOf(BatchRecord batch) =>
        history.Vendors.SelectMany(vendor => vendor.Batches).FirstOrDefault(made => made.Truth == new SubmissionTag(batch.Id, batch.Attempt));

    public void Note(BatchRecord batch, string word)
    {
        var truth = TruthOf(batch);
        if (word.Length == 0)
        {
            _saidAbsent.Add(new SubmissionTag(batch.Id, batch.Attempt));
        }
        if ((truth?.Id ?? "") != word && truth?.VanishesAt is null or { Ticks: long.MaxValue })
        {
            AnyWrong = true;
            history.Coverage.Visit("adversary: wrong word, " + (word.Length == 0 ? "absent" : "another batch"));
            truth?.Excuse ??= "an operator's word was wrong";
        }
    }

    /// <summary>A create call that was said to be absent may still have been on its way.</summary>
    public void Judge(VendorBatch batch)
    {
        if (batch.Truth is { } tag && _saidAbsent.Contains(tag))
        {
            AnyWrong = true;
            batch.Excuse ??= "an operator's word was wrong";
        }
    }
}
