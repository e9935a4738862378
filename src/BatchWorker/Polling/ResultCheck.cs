using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>
/// Asks the results of an ended batch whose it is. A custom id is a job id with 40 random bits, so a job that is in our batch now
/// can be named by no other batch but one that was made for it.
/// </summary>
internal sealed class ResultCheck(JobReads jobs, JobClaims claims)
{
    /// <summary>Ids that are looked at; enough, since all of them come from one create call.</summary>
    private const int Sample = 100;

    /// <summary>The failure says why the results were not read.</summary>
    public async Task<(Origin Origin, ProviderFailure? Failure)> OfAsync(OwnedBatch batch, IBatchProvider provider, ProviderBatch ended, CancellationToken cancellationToken)
    {
        var ids = new List<string>(Sample);
        try
        {
            await foreach (var line in provider.ReadResultsAsync(ended, cancellationToken))
            {
                if (line.CustomId is { } id)
                {
                    ids.Add(id);
                }
                if (ids.Count == Sample)
                {
                    break;
                }
            }
        }
        catch (ProviderReadException interrupted)
        {
            return (Origin.Unread, interrupted.Failure);
        }
        var ours = await CountOursAsync(batch, ids);
        return (ids.Count == 0 ? Origin.Unclear : ours == ids.Count ? Origin.Ours : ours == 0 ? Origin.Foreign : Origin.Unclear, null);
    }

    /// <summary>A job's record names its batch only while it is there; afterwards the manifest tells who was.</summary>
    private async Task<int> CountOursAsync(OwnedBatch batch, List<string> ids)
    {
        var named = new List<JobId>();
        foreach (var text in ids)
        {
            if (JobId.TryParse(text, out var id))
            {
                named.Add(id);
            }
        }
        var records = await jobs.ReadAsync(named.ConvertAll(id => id.Sequence));
        var genuine = named.Zip(records).Where(job => job.Second?.IdOf(job.First.Sequence) == job.First);
        if (!batch.State.HasEnded())
        {
            return genuine.Count(job => job.Second is { State: JobState.Batched } record && record.Batch == batch.Number);
        }
        var manifest = await ManifestAsync(batch);
        return genuine.Count(job => manifest.Contains(job.First.Sequence));
    }

    private async Task<HashSet<long>> ManifestAsync(OwnedBatch batch)
    {
        var members = new HashSet<long>();
        for (var chunk = 0; chunk < batch.ChunkCount; chunk++)
        {
            members.UnionWith(await claims.ManifestAsync(batch.Number, chunk));
        }
        return members;
    }
}
