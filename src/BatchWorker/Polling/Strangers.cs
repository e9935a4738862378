using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>
/// Whether a late batch without a tag is ours. One that has ended tells by its results. One that runs must be ours beyond doubt before it is
/// stopped, so it must be the only one of its size in the time of our lost call that no batch of ours has or may have made just now, in an
/// account that held nothing but our batches from a day before that call until now. In an account that others use too nothing is stopped:
/// paying twice is better than stopping theirs.
/// </summary>
internal sealed class Strangers(Candidates candidates, AccountClaims claims, ResultCheck check, ILogger<Strangers> logger)
{
    private static readonly TimeSpan s_before = TimeSpan.FromDays(1);

    /// <summary>Those of the late batches that are ours, and the lost call with what the results of the others said.</summary>
    public async Task<(SubmitIntent Absent, ProviderBatch[] Ours)> ExcludeAsync(OwnedBatch batch, SubmitIntent absent, SubmissionTrace trace, ProviderBatch[] late, IBatchProvider provider, CancellationToken cancellationToken)
    {
        var nobodys = await candidates.NobodysAsync(batch, absent, late);
        var ours = nobodys.Where(candidate => batch.Record.IsLate(candidate.Id)).ToList();
        var unknown = nobodys.Where(candidate => !batch.Record.IsLate(candidate.Id)).ToArray();
        foreach (var ended in unknown.Where(candidate => candidate.HasEnded && absent.Unclear?.Contains(candidate.Id) != true).ToArray())
        {
            var (origin, _) = await check.OfAsync(batch, provider, ended, cancellationToken);
            absent = Candidates.Note(absent, ended.Id, origin);
            if (origin == Origin.Ours)
            {
                ours.Add(ended);
            }
        }
        if (unknown is [{ HasEnded: false, IsStopping: false } only])
        {
            if (!await MayBeAnothersAsync(batch, absent, only) && await IsOursAloneAsync(absent, trace, only, provider, cancellationToken))
            {
                ours.Add(only);
            }
            else
            {
                Log.DuplicateUncertain(logger, batch.Record.Id, only.Id);
            }
        }
        return (absent, [.. ours]);
    }

    /// <summary>
    /// While another create call has no known outcome, it may have made this one. The lane is asked first: a call whose outcome is known by then
    /// has bound what it made.
    /// </summary>
    private async Task<bool> MayBeAnothersAsync(OwnedBatch batch, SubmitIntent absent, ProviderBatch only) =>
        !await claims.IsLaneFreeAsync(absent.Account, batch.Number) || await claims.IsBoundElsewhereAsync(absent.Account, only.Id, batch.Number);

    private async Task<bool> IsOursAloneAsync(SubmitIntent absent, SubmissionTrace trace, ProviderBatch only, IBatchProvider provider, CancellationToken cancellationToken)
    {
        var everything = await provider.FindAsync(
            trace with { RequestCount = 0, Watermark = null, SentAfter = absent.At - s_before, EndedBy = null },
            cancellationToken);
        return everything.Value is { } all && await AreAllOursAsync(absent.Account, all.Where(other => other.Id != only.Id));
    }

    private async Task<bool> AreAllOursAsync(string account, IEnumerable<ProviderBatch> others)
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
