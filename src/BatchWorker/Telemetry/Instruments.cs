using System.Diagnostics.Metrics;

namespace BatchWorker.Telemetry;

/// <summary>
/// Every instrument of the daemon. Labels are job types, providers, lanes, budgets and fixed words: all bounded by configuration, none by what callers send.
/// </summary>
internal sealed class Instruments : IDisposable
{
    public const string MeterName = "BatchWorker";

    /// <summary>Requests or answers differ.</summary>
    public const string DriftOfCounts = "counts";

    /// <summary>Tokens differ.</summary>
    public const string DriftOfTokens = "tokens";

    private readonly Meter _meter;
    private readonly Counter<long> _enqueued;
    private readonly Counter<long> _succeeded;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _retried;
    private readonly Counter<long> _cancelled;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _drifts;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _paidTwice;
    private readonly Counter<long> _calls;
    private readonly Counter<long> _violations;
    private QueueSample _sample = QueueSample.None;

    public Instruments(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _enqueued = Count("batchworker.jobs.enqueued", "{job}", "Jobs accepted, duplicates not counted");
        _succeeded = Count("batchworker.jobs.succeeded", "{job}", "Jobs that ended with an answer");
        _failed = Count("batchworker.jobs.failed", "{job}", "Jobs that were dead-lettered");
        _retried = Count("batchworker.jobs.retried", "{job}", "Jobs that went back to the queue, by their batch or by hand");
        _cancelled = Count("batchworker.jobs.cancelled", "{job}", "Jobs that ended cancelled");
        _batches = Count("batchworker.batches.ended", "{batch}", "Batches by end state");
        _drifts = Count("batchworker.batches.drifted", "{batch}", "Ended batches whose books differ from what their provider says of them, by what differs");
        _duplicates = Count("batchworker.duplicate_batches", "{batch}", "Provider batches that were found to be created twice");
        _paidTwice = Count("batchworker.duplicate_answers", "{answer}", "Answers in such batches to jobs that were answered already: paid twice");
        _calls = Count("batchworker.provider.calls", "{call}", "Calls to providers by operation and outcome");
        _violations = Count("batchworker.invariant_violations", "{violation}", "What the sampler of the ledger found that must never be, by invariant");
        Observe("batchworker.jobs.waiting", "{job}", "Queued jobs by lane", sample => sample.Waiting.Select(lane =>
            new Measurement<long>(lane.Jobs, Label("provider", lane.Provider), Label("endpoint", lane.Endpoint), Label("model", lane.Model), Label("job_type", lane.JobType))));
        Observe("batchworker.jobs.delayed", "{job}", "Queued jobs whose not_before has not come", sample => One(sample.Delayed));
        Observe("batchworker.jobs.dead", "{job}", "Failed jobs that are kept", sample => One(sample.Dead));
        Observe("batchworker.queue.oldest_age", "s", "Age of the oldest queued job", sample => One(sample.OldestAgeSeconds));
        Observe("batchworker.batches.active", "{batch}", "Batches that have not ended", sample => One(sample.ActiveBatches));
        Observe("batchworker.batches.in_doubt", "{batch}", "Batches whose create call has an unknown outcome", sample => One(sample.InDoubtBatches));
        Observe("batchworker.batches.stuck", "{batch}", "Batches that have not ended within their provider's window", sample => One(sample.StuckBatches));
        Observe("batchworker.provider.blocked", null, "1 where something keeps a provider from taking batches, by reason", sample => sample.Providers.SelectMany(Blocks));
        ObserveBudgets("batchworker.budget.cap", "What batches may cost in the period", budget => budget.Cap);
        ObserveBudgets("batchworker.budget.used", "What the answers of the period cost and the batches in flight are expected to; of a cap for each value that of the highest", budget => budget.Used);
        _meter.CreateObservableGauge("batchworker.redis.rollback_detected", () => Sample.RolledBack ? 1 : 0, description: "1 from the moment when the store was seen to have gone back in time until a day after submission went on");
        _meter.CreateObservableGauge("batchworker.store.up", () => Sample.StoreUp ? 1 : 0, description: "1 when the last sample could be taken from the store");
    }

    /// <summary>The last sample; gauges show it until the next one.</summary>
    public QueueSample Sample
    {
        get => Volatile.Read(ref _sample);
        set => Volatile.Write(ref _sample, value);
    }

    public void JobsEnqueued(int jobs, string provider, string jobType) => Add(_enqueued, jobs, provider, jobType);

    public void JobsSucceeded(int jobs, string provider, string jobType) => Add(_succeeded, jobs, provider, jobType);

    public void JobsFailed(int jobs, string provider, string jobType) => Add(_failed, jobs, provider, jobType);

    public void JobsRetried(int jobs, string provider, string jobType) => Add(_retried, jobs, provider, jobType);

    public void JobsCancelled(int jobs, string provider, string jobType) => Add(_cancelled, jobs, provider, jobType);

    public void BatchEnded(string provider, string state) => _batches.Add(1, Label("provider", provider), Label("status", state));

    /// <param name="provider">Which one.</param>
    /// <param name="of"><see cref="DriftOfCounts"/> or <see cref="DriftOfTokens"/>.</param>
    public void BatchDrifted(string provider, string of) => _drifts.Add(1, Label("provider", provider), Label("of", of));

    public void DuplicateBatchFound(string provider) => _duplicates.Add(1, Label("provider", provider));

    public void AnswersPaidTwice(int answers, string provider) => _paidTwice.Add(answers, Label("provider", provider));

    /// <param name="provider">Which one.</param>
    /// <param name="operation">A fixed word: upload, create, get, find, read, cancel, probe.</param>
    /// <param name="outcome">A fixed word: ok or the kind of failure.</param>
    public void ProviderCalled(string provider, string operation, string outcome) =>
        _calls.Add(1, Label("provider", provider), Label("operation", operation), Label("outcome", outcome));

    /// <param name="invariant">A fixed word.</param>
    public void InvariantViolated(string invariant) => _violations.Add(1, Label("invariant", invariant));

    /// <summary>Shows an invariant before its first violation, as <see cref="Announce"/> does for providers.</summary>
    public void AnnounceInvariant(string invariant) => _violations.Add(0, Label("invariant", invariant));

    /// <summary>Shows the counters of a provider before their first event: an alert on a series that is not there stays silent.</summary>
    public void Announce(string provider)
    {
        _duplicates.Add(0, Label("provider", provider));
        _paidTwice.Add(0, Label("provider", provider));
        _drifts.Add(0, Label("provider", provider), Label("of", DriftOfCounts));
        _drifts.Add(0, Label("provider", provider), Label("of", DriftOfTokens));
    }

    public void Dispose() => _meter.Dispose();

    private Counter<long> Count(string name, string unit, string description) => _meter.CreateCounter<long>(name, unit, description);

    private void Observe(string name, string? unit, string description, Func<QueueSample, IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableGauge(name, () => ReferenceEquals(Sample, QueueSample.None) ? [] : read(Sample), unit, description);

    private void ObserveBudgets(string name, string description, Func<BudgetSample, double> read) =>
        _meter.CreateObservableGauge(name, () => Sample.Budgets.Select(budget => new Measurement<double>(read(budget), Label("budget", budget.Budget))), "USD", description);

    /// <summary>Every reason has its series, so that an alert sees it go from 0 to 1.</summary>
    private static IEnumerable<Measurement<long>> Blocks(ProviderSample provider) =>
    [
        Block(provider, "paused", provider.Paused),
        Block(provider, "unauthorized", provider.Unauthorized),
        Block(provider, "unavailable", provider.Unavailable),
    ];

    private static Measurement<long> Block(ProviderSample provider, string reason, bool applies) =>
        new(applies ? 1 : 0, Label("provider", provider.Name), Label("reason", reason));

    private static IEnumerable<Measurement<long>> One(long value) => [new Measurement<long>(value)];

    private static void Add(Counter<long> counter, int jobs, string provider, string jobType) =>
        counter.Add(jobs, Label("provider", provider), Label("job_type", jobType));

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
