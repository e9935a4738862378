using System.Diagnostics.Metrics;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace BatchWorker.Tests.Fixtures;

/// <summary>The whole ledger of one replica on a real store, driven by simulated time.</summary>
internal sealed class LedgerHarness
{
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);
    public static readonly Lane Chat = new(Provider.OpenAi, "/v1/chat/completions", "gpt-4o", "creative_scoring");
    public static readonly Lane Messages = new(Provider.Anthropic, "/v1/messages", "claude-sonnet-4-5", "video_analysis");

    private readonly IConnectionMultiplexer _connection;

    public LedgerHarness(
        IConnectionMultiplexer connection, string ns, string owner = "one", FakeTimeProvider? time = null, Func<LedgerOptions, LedgerOptions>? configure = null)
    {
        _connection = connection;
        Time = time ?? new FakeTimeProvider(Start);
        var options = TestStore.Fit(new LedgerOptions { Namespace = ns, Owner = owner, UseProcessClock = true });
        Store = new LedgerStore(connection, configure?.Invoke(options) ?? options, Time);
        Lanes = new Lanes(Store);
        var instruments = new Instruments(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
        Intake = new JobIntake(Store, Lanes, new StoreRoom(), instruments);
        Desk = new JobDesk(Store, Lanes, instruments);
        Batches = new BatchLedger(Store, Lanes);
        Wishes = new BatchWishes(Store, Batches);
        Claims = new JobClaims(Store, Batches);
        Settlements = new Settlements(Store, instruments);
        Runs = new RunLedger(Store);
        Switches = new Switches(Store);
        Counts = new QueueCounts(Store, Lanes);
        Lease = new OwnerLease(Store);
        Codes = new ErrorCodes(Store);
        Queries = new JobQueries(Store, Lanes, Batches, Settlements, Codes);
        Books = new DayLedger(Store, Lanes, new Acceptances(Store));
        Repair = new LedgerRepair(Store, NullLogger<LedgerRepair>.Instance);
        Callbacks = new CallbackLedger(Store, Batches);
        Bulk = new JobBulk(Store, new JobMatches(Store, Lanes, Batches, Claims), new JobFailures(Settlements, Codes), Lanes, instruments);
    }

    public FakeTimeProvider Time { get; }

    public LedgerStore Store { get; }

    public RedisKeys Keys => Store.Keys;

    public IDatabase Database => _connection.GetDatabase();

    public Lanes Lanes { get; }

    public JobIntake Intake { get; }

    public JobDesk Desk { get; }

    public BatchLedger Batches { get; }

    public BatchWishes Wishes { get; }

    public JobClaims Claims { get; }

    public Settlements Settlements { get; }

    public RunLedger Runs { get; }

    public Switches Switches { get; }

    public QueueCounts Counts { get; }

    public OwnerLease Lease { get; }

    public ErrorCodes Codes { get; }

    public JobQueries Queries { get; }

    public DayLedger Books { get; }

    public LedgerRepair Repair { get; }

    public JobBulk Bulk { get; }

    public CallbackLedger Callbacks { get; }

    /// <summary>Another replica on the same ledger and clock.</summary>
    public LedgerHarness Replica(string owner) => new(_connection, Store.Options.Namespace, owner, Time);

    /// <summary>The same replica on a store that is cut off inside every script, before its write of this number (from 0).</summary>
    public LedgerHarness CutOffBefore(int write) =>
        new(_connection, Store.Options.Namespace, Store.Options.Owner, Time, options => options with { ScriptHead = options.ScriptHead + CutOffScript.Head(write), FinishingHead = options.FinishingHead + CutOffScript.Head(write) });
}
