using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Results;

/// <summary>Streams the answers of an ended batch to the settler.</summary>
internal static class AnswerReader
{
    /// <summary>
    /// Lines without a readable id are only counted: the jobs that they may have answered are found by the audit. With <paramref name="onlyFinal"/>
    /// those after which a job might be sent again are passed over: a duplicate may hold its answer.
    /// </summary>
    public static async Task<LinesRead> ReadAsync(IBatchProvider provider, ProviderBatch ended, Settler settler, bool onlyFinal, CancellationToken cancellationToken)
    {
        var lines = new LinesRead(0, 0);
        await foreach (var line in provider.ReadResultsAsync(ended, cancellationToken))
        {
            await Failpoints.HitAsync(Failpoint.F14);
            var isNamed = JobId.TryParse(line.CustomId, out var id);
            lines = isNamed ? lines with { Named = lines.Named + 1 } : lines with { Nameless = lines.Nameless + 1 };
            if (isNamed && IsOutcome(line, settler.Batch) && (!onlyFinal || IsFinal(line)))
            {
                await settler.AddAsync(id, VerdictOf(line), cancellationToken);
            }
            if (settler.Batch is null)
            {
                break;
            }
        }
        return lines;
    }

    /// <summary>What a batch that ran too long did not get to is not cancelled.</summary>
    private static bool IsOutcome(ResultLine line, OwnedBatch? batch) =>
        line.Outcome != Outcome.Missing && !(line.Outcome == Outcome.Cancelled && batch?.IsStoppedAsStuck == true);

    private static bool IsFinal(ResultLine line) => line.Outcome == Outcome.Succeeded || line is { Outcome: Outcome.Failed, Error.Retryable: false };

    public static Verdict VerdictOf(ResultLine line) => new(line.Outcome, line.Error, line.Body, line.Usage);
}

/// <summary>What a reading of the provider's files met.</summary>
/// <param name="Named">Lines with an id of ours.</param>
/// <param name="Nameless">Lines without one.</param>
internal readonly record struct LinesRead(int Named, int Nameless);
