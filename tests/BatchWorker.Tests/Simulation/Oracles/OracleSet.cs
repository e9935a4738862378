using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Simulation.Store;
using BatchWorker.Tests.Simulation.Vendors;

namespace BatchWorker.Tests.Simulation.Oracles;

/// <summary>All oracles: after every step that changed something, and at the end.</summary>
internal sealed class OracleSet
{
    private static readonly TimeSpan s_checkEnd = TimeSpan.FromMinutes(5);
    private readonly History _history;
    private readonly LedgerPicture _picture;
    private readonly BatchOracle _batches;
    private readonly MoveOracle _moves;
    private readonly PaidOracle _paid;
    private readonly FenceOracle _fences;
    private long _version = -1;
    private long _ownerships;
    private TimeSpan _nextCheck;

    public OracleSet(History history)
    {
        _history = history;
        _picture = new LedgerPicture(history.Server.Model, new RedisKeys(history.LedgerOptions.Namespace));
        Ledger = new LedgerOracle(history, _picture);
        _batches = new BatchOracle(history, _picture);
        _moves = new MoveOracle(history, _picture);
        _paid = new PaidOracle(history, _picture);
        _fences = new FenceOracle(_picture);
        Duplicates = new DuplicateOracle(history);
    }

    public LedgerOracle Ledger { get; }

    public DuplicateOracle Duplicates { get; }

    /// <summary>Looks counted.</summary>
    public int Looks { get; private set; }

    /// <summary>Whether nothing is left to happen.</summary>
    public bool IsOver { get; private set; }

    public void Look()
    {
        if (_history.Server.Model.Version != _version)
        {
            _version = _history.Server.Model.Version;
            Looks++;
            Ledger.Look();
            _batches.Look();
            _moves.Look();
            _paid.Look();
        }
        if (_history.Server.Model.Ownerships != _ownerships)
        {
            _ownerships = _history.Server.Model.Ownerships;
            _batches.LookAtEpochs();
        }
        if (_history.Scheduler.Now >= _nextCheck)
        {
            _nextCheck = _history.Scheduler.Now + s_checkEnd;
            IsOver = !_history.HasFaults && Unfinished().Length == 0;
        }
    }

    /// <summary>A script of a process is about to be run, or to be cut off.</summary>
    public void WillWrite(SimProcess process, ScriptPlan plan) => _fences.Look(process, plan);

    /// <summary>What a replica believes, whenever it could act on it.</summary>
    public void LookAtTrust(Replica replica) => _fences.LookAtTrust(replica.Process, replica.Get<OwnerLease>());

    public void LookAtTheEnd()
    {
        Ledger.Look();
        _batches.LookAtTheEnd();
        _paid.LookAtTheEnd();
        Duplicates.LookAtTheEnd();
    }

    /// <summary>What has not ended, in words; empty when everything has.</summary>
    public string Unfinished()
    {
        var left = new List<string>();
        for (var sequence = 1L; sequence <= _picture.Meta(LedgerFields.Sequence); sequence++)
        {
            if (_picture.Job(sequence) is { } job && !job.State.HasEnded())
            {
                left.Add($"job {sequence} is {job.State.Wire()}");
            }
        }
        left.AddRange(_picture.Batches().Where(batch => !batch.Record.State.HasEnded()).Select(batch => $"batch {batch.Number} is {batch.Record.State.Wire()} ({batch.Record.Error?.Message})"));
        left.AddRange(_picture.Store.Members(Bytes.Of(_picture.Keys.OpenRuns)).Where(run => !double.IsInfinity(run.Score)).Select(run => $"run {run.Score} is open"));
        if (!_history.Callers.AreServed)
        {
            left.Add("a caller waits");
        }
        return string.Join(", ", left);
    }

    public void Said(SimProcess process, string what, IReadOnlyList<KeyValuePair<string, object?>> facts)
    {
        _history.Coverage.Visit(PlaceOf(what, facts));
        var isEarned = what == "InvariantViolated" && _history.Words.AnyWrong && Fact(facts, "Invariant") is Invariants.OneBinding; // two batches were said to be one
        Violation.Unless(isEarned || what is not ("InvariantViolated" or "RolledBack"), "false alarm", $"{process.Name} says {what} {string.Join(", ", facts.Select(fact => fact.Value))}");
        Duplicates.Said(what, facts);
    }

    /// <summary>A store died inside a script.</summary>
    public void WasCutOff(ScriptPlan plan)
    {
        _history.Coverage.Visit("cut off: " + VerbOf(plan));
        Ledger.NoteRepairs(_history.Coverage);
    }

    public void IsCancelled(VendorBatch batch) => Duplicates.IsCancelled(batch);

    /// <summary>What the engine said, with the part of it that tells its branches apart.</summary>
    private static string PlaceOf(string what, IReadOnlyList<KeyValuePair<string, object?>> facts) => what switch
    {
        "Adopted" => $"said: Adopted {Fact(facts, "Certainty")}",
        "Unbound" => $"said: Unbound {Fact(facts, "Origin")}",
        "Resolved" => $"said: Resolved {(Fact(facts, "Word") is "absent" ? "absent" : "another word")}",
        "AcceptanceFinished" => $"said: AcceptanceFinished {(Fact(facts, "Jobs") is 0 ? "none" : "some")}",
        _ => "said: " + what,
    };

    private static object? Fact(IReadOnlyList<KeyValuePair<string, object?>> facts, string name) => facts.FirstOrDefault(fact => fact.Key == name).Value;

    /// <summary>By what it writes.</summary>
    private static string VerbOf(ScriptPlan plan) =>
        Writes(plan, "}:m:") ? "claim" : Writes(plan, "}:o:") ? "settle" : Writes(plan, "}:R:") ? "run" : Writes(plan, "}:b:") && Writes(plan, "}:meta") && Writes(plan, "}:buckets") ? "enqueue"
        : Writes(plan, "}:B:") ? "change of a batch" : Writes(plan, "}:s:") ? "move of a job" : "another";

    private static bool Writes(ScriptPlan plan, string part) => plan.Writes.Any(write => write.Key.Contains(part, StringComparison.Ordinal));
}
