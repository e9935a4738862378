using System.Diagnostics.Metrics;

namespace BatchWorker.Telemetry;

/// <summary>What is still to be told to receivers of callbacks.</summary>
/// <param name="Pending">Events that wait for their delivery.</param>
/// <param name="GivenUp">Events whose delivery was given up and that are kept.</param>
/// <param name="OldestAgeSeconds">Age of the oldest of the former; 0 when there is none.</param>
internal sealed record CallbackSample(long Pending, long GivenUp, long OldestAgeSeconds);

/// <summary>The instruments of callbacks, on the meter of all others.</summary>
internal sealed class CallbackInstruments
{
    private static readonly string[] s_outcomes = ["delivered", "refused", "unreachable", "timeout", "blocked", "gone"];
    private readonly Counter<long> _attempts;
    private CallbackSample _sample = new(0, 0, 0);

    public CallbackInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(Instruments.MeterName);
        _attempts = meter.CreateCounter<long>("batchworker.callbacks", "{attempt}", "Attempts to deliver a callback by outcome");
        meter.CreateObservableGauge("batchworker.callbacks.pending", () => Sample.Pending, "{callback}", "Callbacks that wait for their delivery");
        meter.CreateObservableGauge("batchworker.callbacks.given_up", () => Sample.GivenUp, "{callback}", "Callbacks whose delivery was given up and that are kept for an operator");
        meter.CreateObservableGauge("batchworker.callbacks.oldest_age", () => Sample.OldestAgeSeconds, "s", "Age of the oldest callback that waits for its delivery");
        foreach (var outcome in s_outcomes)
        {
            _attempts.Add(0, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    /// <summary>The last sample; gauges show it until the next one.</summary>
    public CallbackSample Sample
    {
        get => Volatile.Read(ref _sample);
        set => Volatile.Write(ref _sample, value);
    }

    /// <param name="outcome">A fixed word: delivered, refused, unreachable, timeout, blocked, gone.</param>
    public void Attempted(string outcome) => _attempts.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
