using System.Globalization;
using BatchWorker.Lifecycle;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// The only place where a key is spelled. All keys of a namespace share one hash slot,
/// so that a script may touch any of them in a cluster.
/// </summary>
/// <param name="ns">The namespace, <c>bw</c> by default.</param>
internal sealed class RedisKeys(string ns)
{
    /// <summary>Jobs in one bucket of records: their number divided by this is the bucket, the rest the slot.</summary>
    public const int BucketSize = 256;

    /// <summary>Jobs in one chunk of a manifest and of a batch's outcomes.</summary>
    public const int ChunkSize = 1000;

    private readonly string _prefix = "{" + ns + "}:";

    /// <summary>Declared by every mutating script: on a store that locks only declared keys it serialises them.</summary>
    public RedisKey Lock => Key("lock");

    /// <summary>Hash: <c>seq</c>, <c>clock</c> of the last accepted job, <c>waiting</c> jobs, other counters.</summary>
    public RedisKey Meta => Key("meta");

    /// <summary>Hash: what is switched off or held: scheduler, providers.</summary>
    public RedisKey Switches => Key("switches");

    /// <summary>Hash: owner → boot nonce and expiry of its lease.</summary>
    public RedisKey Leases => Key("leases");

    /// <summary>Hash: account whose provider keeps no tag → the batch whose create call has no known outcome.</summary>
    public RedisKey CreateLanes => Key("creates");

    /// <summary>Sorted set of the buckets in use, by number.</summary>
    public RedisKey Buckets => Key("buckets");

    /// <summary>Sorted set: jobs with a not_before, by that time.</summary>
    public RedisKey Delayed => Key("delayed");

    /// <summary>Sorted set: jobs that came back, by the time from which a carry-over takes them.</summary>
    public RedisKey Due => Key("due");

    /// <summary>Sorted set: jobs with a deadline, by that time.</summary>
    public RedisKey Deadlines => Key("deadlines");

    /// <summary>Sorted set: failed jobs, by the time of their end.</summary>
    public RedisKey Dead => Key("dead");

    /// <summary>Sorted set: batches that have not ended, by number.</summary>
    public RedisKey OpenBatches => Key("open");

    /// <summary>Sorted set: all batches, by number.</summary>
    public RedisKey Batches => Key("batches");

    /// <summary>Sorted set: ended batches that may have left files at their provider, by the time of their end.</summary>
    public RedisKey ProviderFiles => Key("files");

    /// <summary>Sorted set: batches with a create call that was proven absent, by the time of the last proof; its batch may still turn up.</summary>
    public RedisKey AbsentSubmissions => Key("absent");

    /// <summary>Sorted set: batches out of sight whose parts are being dropped; the score is their number of chunks.</summary>
    public RedisKey DroppedBatches => Key("dropped");

    /// <summary>Sorted set: what batches out of sight were at their provider, by the time of their end.</summary>
    public RedisKey OldBindings => Key("unbound");

    /// <summary>Sorted set: all runs, by number.</summary>
    public RedisKey Runs => Key("runs");

    /// <summary>Sorted set: runs whose batches are not all submitted, by number.</summary>
    public RedisKey OpenRuns => Key("runs:open");

    /// <summary>Sorted set: create calls of the last weeks by name and time of intent, to be compared with the journals of the replicas.</summary>
    public RedisKey Submissions => Key("submissions");

    /// <summary>Hash: run that is being drained → the replica that drains it, the only one that may write it down.</summary>
    public RedisKey RunOwners => Key("runs:owners");

    /// <summary>Sorted set: numbers that no job has, since their acceptance was cut off, by number.</summary>
    public RedisKey Holes => Key("holes");

    /// <summary>Hash: sorted set → its canary was planted.</summary>
    public RedisKey Canaries => Key("canaries");

    /// <summary>Sorted set: which days and lanes the books have pages for, by day; a member is <c>day:lane</c>.</summary>
    public RedisKey Days => Key("days");

    /// <summary>Sorted set: batches that ended in the last two days, by the time of their end; a member is the number and the state.</summary>
    public RedisKey EndedBatches => Key("ended");

    /// <summary>Sorted set: batches whose books differ from what their provider says, by the time of their end; a member is the number and the provider.</summary>
    public RedisKey DriftingBatches => Key("drift");

    /// <summary>Sorted set: batches with answers that have no price, by number.</summary>
    public RedisKey UnpricedBatches => Key("unpriced");

    /// <summary>Hash: <c>day:lane</c> → accepted jobs, and the number of the last job that was counted.</summary>
    public RedisKey Accepted => Key("accepted");

    /// <summary>Hash: <c>day:job type</c> → calls that callers made in real time.</summary>
    public RedisKey RealtimeCalls => Key("calls");

    /// <summary>Hash: job types for which such calls were ever reported.</summary>
    public RedisKey RealtimeCallTypes => Key("calls:types");

    /// <summary>Sorted set: ends that are still to be told, by the time of the end; members are numbers of <see cref="CallbackSubject"/>.</summary>
    public RedisKey PendingCallbacks => Key("callbacks:pending");

    /// <summary>Sorted set: the same, and those whose delivery was given up, by number.</summary>
    public RedisKey OpenCallbacks => Key("callbacks:open");

    /// <summary>Sorted set: hosts that are to be called, by the time of the next look at their queue.</summary>
    public RedisKey CallbackHosts => Key("callbacks:hosts");

    /// <summary>Sorted set: what is to be told to one host, by the time of the next attempt.</summary>
    public RedisKey CallbackQueue(uint host) => Key("cq:", host);

    /// <summary>Hash: slot → how far the delivery of a job's last end is.</summary>
    public RedisKey Deliveries(long bucket) => Key("c:", bucket);

    /// <summary>String: this receiver has answered that it is gone.</summary>
    /// <param name="receiver">Hash of its address.</param>
    public RedisKey GoneReceiver(string receiver) => Key("gone:" + receiver);

    /// <summary>Hash: the alerts.</summary>
    public RedisKey Alerts => Key("alerts");

    /// <summary>Hash: how often was claimed under budgets.</summary>
    public RedisKey Budgets => Key("budgets");

    /// <summary>Hash: cells of budgets, with their caps, for which a job was held in the period that began on a day.</summary>
    public RedisKey BudgetHolds(DateOnly begin) => Key("budgets:" + begin.ToString("yyyyMMdd", CultureInfo.InvariantCulture));

    /// <summary>Every sorted set that belongs to no lane and to no batch.</summary>
    public IEnumerable<RedisKey> SortedSets =>
        [Buckets, Holes, Delayed, Due, Deadlines, Dead, OpenBatches, Batches, ProviderFiles, AbsentSubmissions, DroppedBatches, OldBindings, Runs, OpenRuns, Submissions, Days, EndedBatches, UnpricedBatches, DriftingBatches, PendingCallbacks, OpenCallbacks, CallbackHosts, .. Enum.GetValues<BatchWork>().Select(Work)];

    /// <summary>Every sorted set of a lane.</summary>
    public IEnumerable<RedisKey> SortedSetsOf(int lane) => [Waiting(lane), Later(lane), .. Enum.GetValues<JobState>().Select(state => Index(lane, state))];

    /// <summary>Sorted set: waiting jobs of a lane; member 8-byte number, score its place.</summary>
    public RedisKey Waiting(int lane) => Key("q:", lane);

    /// <summary>Sorted set: jobs of a lane that wait for their not_before; same scores.</summary>
    public RedisKey Later(int lane) => Key("d:", lane);

    /// <summary>Hash: slot → packed state of a job.</summary>
    public RedisKey States(long bucket) => Key("s:", bucket);

    /// <summary>Hash: slot → compressed request of a job.</summary>
    public RedisKey Requests(long bucket) => Key("b:", bucket);

    /// <summary>Hash: slot → the caller's metadata of a job as JSON; apart from the request, since lists show it and it outlives the request.</summary>
    public RedisKey Metadata(long bucket) => Key("t:", bucket);

    /// <summary>Hash: slot → attempts that did not succeed.</summary>
    public RedisKey History(long bucket) => Key("h:", bucket);

    /// <summary>Sorted set: buckets that hold or held jobs of a lane in a stored state.</summary>
    public RedisKey Index(int lane, JobState state) => Key("x:", lane, (int)state);

    /// <summary>Hash: idempotency keys of one period and shard.</summary>
    public RedisKey Idempotency(long period, int shard) => Key("i:", period, shard);

    /// <summary>Hash: one batch.</summary>
    public RedisKey Batch(long batch) => Key("B:", batch);

    /// <summary>Hash: the provider's batches of an account → our batch.</summary>
    public RedisKey Bound(string account) => Key("bound:" + account);

    /// <summary>String: up to 1,000 job numbers of a batch.</summary>
    public RedisKey Manifest(long batch, int chunk) => Key("m:", batch, chunk);

    /// <summary>String: the outcomes of the same jobs, one fixed-width record each.</summary>
    public RedisKey Outcomes(long batch, int chunk) => Key("o:", batch, chunk);

    /// <summary>String: what is held back of the budgets for the same jobs, eight bytes each; only where there are budgets.</summary>
    public RedisKey Reserved(long batch, int chunk) => Key("r:", batch, chunk);

    /// <summary>Sorted set: numbers of the result segments that a batch has written, those of readings that were cut off included.</summary>
    public RedisKey Segments(long batch) => Key("g:", batch);

    /// <summary>String: one frame of results, where they are kept in Redis.</summary>
    public RedisKey Frame(uint segment, long number) => Key("f:", segment, number);

    /// <summary>Hash: segment in Redis → frames and bytes, and their total.</summary>
    public RedisKey ResultSizes => Key("sizes");

    /// <summary>
    /// Hash, a page of the books: what a day and lane adds up to, and what each batch that is kept added to it. The sum stays for ever.
    /// </summary>
    public RedisKey Day(long day, int lane) => Key("D:", day, lane);

    /// <summary>Sorted set: batches that a room must look at, by time.</summary>
    public RedisKey Work(BatchWork work) => Key("w:", (int)work);

    /// <summary>String: one run.</summary>
    public RedisKey Run(long run) => Key("R:", run);

    /// <summary>Hash: word → number and number → word.</summary>
    public RedisKey Words(string kind) => Key("words:" + kind);

    private RedisKey Key(string name) => _prefix + name;

    private RedisKey Key(string kind, long number) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{kind}{number}");

    private RedisKey Key(string kind, long first, long second) =>
        string.Create(CultureInfo.InvariantCulture, $"{_prefix}{kind}{first}:{second}");
}
