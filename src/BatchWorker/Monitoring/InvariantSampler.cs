using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Monitoring;

/// <summary>Looks at a part of the ledger and says aloud what must not be; it stops nothing, since money is in flight.</summary>
internal sealed class InvariantSampler(LedgerSample sample, Instruments instruments, ILogger<InvariantSampler> logger)
{
    public async Task RunOnceAsync()
    {
        foreach (var violation in await sample.NextAsync())
        {
            instruments.InvariantViolated(violation.Invariant);
            Log.InvariantViolated(logger, violation.Invariant, violation.Subject, violation.Detail);
        }
    }
}
