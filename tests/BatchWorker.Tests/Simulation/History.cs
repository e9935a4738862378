using BatchWorker.Costs;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Flow;
using BatchWorker.Tests.Simulation.Oracles;
using BatchWorker.Tests.Simulation.Store;
using BatchWorker.Tests.Simulation.Vendors;

namespace BatchWorker.Tests.Simulation;

/// <summary>One seed: some replicas live through trouble, then through peace until everything has ended; the oracles look after every step.</summary>
internal sealed class History : IDisposable
{
    /// <summary>The schedule drains every twenty minutes.</summary>
    public const long SlotMs = 20 * 60_000;

    /// <summary>How long a create call of unknown outcome is looked for; the daemon's default.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(900);

    public static readonly Prices Prices = new();

    private static readonly TimeSpan s_mostPeace = TimeSpan.FromHours(40);
    private static readonly TimeSpan s_accountTurn = TimeSpan.FromHours(2);
    private readonly List<Replica> _replicas = [];
    private readonly string _directory = Directory.CreateTempSubdirectory("bw-sim-").FullName;
    private readonly OracleSet _oracles;
    private readonly RealTwin? _twin;
    private TimeSpan _storeAwayUntil;
    private Violation? _broken;

    /// <param name="seed">Decides everything.</param>
    /// <param name="keepsTrace">Whether the events are kept to be looked at.</param>
    /// <param name="fit">How the ledger is kept; as in an embedded store when none is there.</param>
    /// <param name="twin">A real store beside the model.</param>
    public History(int seed, bool keepsTrace = false, Func<LedgerOptions, LedgerOptions>? fit = null, RealTwin? twin = null)
    {
        _twin = twin;
        Seed = seed;
        Scheduler = new Scheduler(seed);
        Plan = HistoryPlan.Draw(seed, Scheduler.Chance);
        Trace = new Trace(Scheduler, keepsTrace);
        var options = new LedgerOptions { Owner = "", UseProcessClock = true, ScriptHead = "", FinishingHead = "", CommitsWrites = Plan.Theme == Theme.CutOffs, KeepsCanaries = Plan.Theme == Theme.CutOffs };
        LedgerOptions = fit?.Invoke(options) ?? options;
        Server = new StoreServer(twin);
        Adversary = new Adversary(this);
        Words = new Words(this);
        Callers = new Callers(this);
        var fates = new VendorFates(this);
        Vendors = [.. ProviderNames.All.Select(provider => new Vendor(provider, Scheduler, fates))];
        _oracles = new OracleSet(this);
    }

    public int Seed { get; }

    public HistoryPlan Plan { get; }

    public Scheduler Scheduler { get; }

    public Trace Trace { get; }

    public Coverage Coverage { get; } = new();

    public StoreServer Server { get; }

    public LedgerOptions LedgerOptions { get; }

    public MemorySegments Disk { get; } = new();

    public IReadOnlyList<Vendor> Vendors { get; }

    public Adversary Adversary { get; }

    public Words Words { get; }

    public Callers Callers { get; }

    public int Crashes { get; private set; }

    public int Jobs => _oracles.Ledger.Jobs;

    /// <summary>Calls to the store that are done and not answered, beside what the seed decides; for a test that is about one of them.</summary>
    public Func<StoreCall, bool>? LosesAnswerTo { get; set; }

    /// <summary>Whether things still go wrong.</summary>
    public bool HasFaults => Scheduler.Now < Plan.Trouble;

    public bool StoreIsAway => Scheduler.Now < _storeAwayUntil;

    /// <summary>Afterwards the accounts take turns until what was submitted with either has ended.</summary>
    public bool UsesOtherAccounts { get; private set; }

    /// <summary>Whether a script was ever cut off.</summary>
    public bool WasTorn { get; private set; }

    public OracleSet Oracles => _oracles;

    public void Run()
    {
        var outside = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Begin();
            while (!_oracles.IsOver && Scheduler.Step())
            {
                if (_broken is not null)
                {
                    throw _broken;
                }
                _oracles.Look();
                _replicas.Where(replica => replica is { IsAlive: true, Process.IsFrozen: false }).ToList().ForEach(_oracles.LookAtTrust);
                Violation.Unless(Scheduler.Now < Plan.Trouble + s_mostPeace, "liveness", $"after {s_mostPeace.TotalHours} hours without faults {_oracles.Unfinished()}");
            }
            _oracles.LookAtTheEnd();
            _twin?.CompareAll(Server.Model);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outside);
        }
    }

    public Replica? AnyReplica() => Any(replica => replica.IsAlive);

    /// <summary>One that can be asked for something.</summary>
    public Replica? AnyOpenReplica() => Any(replica => replica is { IsAlive: true, IsOpen: true });

    public void Crash(SimProcess process)
    {
        Crashes++;
        Trace.Add($"{process.Name} dies");
        Bury(process);
    }

    /// <summary>Thrown in the store, a violation would be a failure of the caller's.</summary>
    public void WillWrite(SimProcess process, ScriptPlan plan)
    {
        try
        {
            _oracles.WillWrite(process, plan);
        }
        catch (Violation violation)
        {
            Break(violation);
        }
    }

    public void WasCutOff(SimProcess process, ScriptPlan plan)
    {
        WasTorn = true;
        _oracles.WasCutOff(plan);
        Crash(process);
    }

    /// <summary>A process that ended by itself.</summary>
    public void Ended(Replica replica, string why)
    {
        Trace.Add($"{replica.Process.Name} {why}");
        Bury(replica.Process);
    }

    public void TakeStoreAway(TimeSpan duration)
    {
        Coverage.Visit("adversary: store away");
        _storeAwayUntil = Scheduler.Now + duration;
    }

    /// <summary>Something happened that no fault explains.</summary>
    public void Surprise(string what) => Break(new Violation("surprise", what));

    /// <summary>A promise was broken where nothing can be thrown.</summary>
    public void Break(Violation violation) => _broken ??= violation;

    public void Said(SimProcess process, string what, IReadOnlyList<KeyValuePair<string, object?>> facts) => _oracles.Said(process, what, facts);

    public void IsCancelled(VendorBatch batch) => _oracles.IsCancelled(batch);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private Replica? Any(Func<Replica, bool> isWanted) => _replicas.Where(isWanted).ToArray() is { Length: > 0 } found ? Scheduler.OneOf(found) : null;

    private void Begin()
    {
        for (var number = 1; number <= Plan.Replicas; number++)
        {
            var name = $"replica-{number}";
            Scheduler.In(Scheduler.Between(TimeSpan.Zero, TimeSpan.FromSeconds(20)), () => StartReplica(name));
        }
        Callers.Begin();
        var operators = new Operators(this);
        operators.Begin();
        Adversary.Begin();
        Scheduler.In(Plan.Trouble, () =>
        {
            operators.Tidy();
            TakeTurns();
        });
    }

    private void StartReplica(string name)
    {
        Trace.Add($"{name} starts");
        var spool = Path.Combine(_directory, name);
        Directory.CreateDirectory(spool);
        _replicas.RemoveAll(replica => replica.Process.Name == name);
        var started = new Replica(this, name, spool, Adversary.Accounts());
        _replicas.Add(started);
        started.Start();
    }

    private void Bury(SimProcess process)
    {
        if (process.IsAlive)
        {
            process.Die();
            Scheduler.In(Scheduler.Between(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(HasFaults ? 4 : 1)), () => StartReplica(process.Name));
        }
    }

    /// <summary>All come back with the one key, then all with the other.</summary>
    private void TakeTurns()
    {
        if (Plan.ChangesAccounts)
        {
            _replicas.ForEach(replica => replica.Process.In(TimeSpan.Zero, replica.Stop));
            Scheduler.In(s_accountTurn, () =>
            {
                UsesOtherAccounts = !UsesOtherAccounts;
                TakeTurns();
            });
        }
    }
}
