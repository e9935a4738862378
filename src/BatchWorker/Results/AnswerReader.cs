using BatchWorker.Lifecycle;
using BatchWorker.Providers;

namespace BatchWorker.Results;

/// <summary>Streams the answers of an ended batch to the settler.</summary>
internal static class AnswerReader
{
    /// <summary>Lines without a readable id; the jobs that they may have answered are found by the audit.</summary>
    public static async Task<int> ReadAsync(IBatchProvider provider, ProviderBatch ended, Settler settler, CancellationToken cancellationToken)
    {
        var nameless = 0;
        await foreach (var line in provider.ReadResultsAsync(ended, cancellationToken))
        {
            if (!JobId.TryParse(line.CustomId, out var id))
            {
                nameless++;
            }
            else if (line.Outcome != Outcome.Missing)
            {
                await settler.AddAsync(id, VerdictOf(line), cancellationToken);
            }
            if (settler.Batch is null)
            {
                break;
            }
        }
        return nameless;
    }

    private static Verdict VerdictOf(ResultLine line) => new(line.Outcome, line.Error, line.Body, line.Usage);
}
