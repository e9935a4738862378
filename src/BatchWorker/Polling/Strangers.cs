using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>
/// Whether a late batch without a tag is ours beyond doubt, before it is stopped. Its results would tell, but come too late. So it must be
/// the only one of its size in the time of our lost call that no batch of ours has, in an account that held nothing but our batches
/// from a day before that call until now. In an account that others use too nothing is stopped: paying twice is better than stopping theirs.
/// </summary>
internal sealed class Strangers(Candidates candidates, AccountClaims claims, ILogger<Strangers> logger)
{
    private static readonly TimeSpan s_before = TimeSpan.FromDays(1);

    /// <summary>Those of the late batches that may be stopped.</summary>
    public async Task<IReadOnlyList<ProviderBatch>> ExcludeAsync(OwnedBatch batch, SubmitIntent absent, SubmissionTrace trace, ProviderBatch[] late, IBatchProvider provider, CancellationToken cancellationToken)
    {
        var nobodys = await candidates.NobodysAsync(batch, absent, late);
        if (nobodys is not [var only])
        {
            return [];
        }
        var everything = await provider.FindAsync(
            trace with { RequestCount = 0, Watermark = null, SentAfter = absent.At - s_before, EndedBy = null },
            cancellationToken);
        if (everything.Value is { } all && await IsOursAloneAsync(absent.Account, all.Where(other => other.Id != only.Id)))
        {
            return [only];
        }
        Log.DuplicateUncertain(logger, batch.Record.Id, only.Id);
        return [];
    }

    private async Task<bool> IsOursAloneAsync(string account, IEnumerable<ProviderBatch> others)
    {
        foreach (var other in others)
        {
            if (!await claims.IsBoundAsync(account, other.Id))
            {
                return false;
            }
        }
        return true;
    }
}
