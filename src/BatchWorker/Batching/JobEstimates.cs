using System.Runtime.CompilerServices;
using BatchWorker.Costs;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>A waiting job and what is to be expected of it.</summary>
/// <param name="Job">The job.</param>
/// <param name="Lane">Its lane.</param>
/// <param name="Estimate">What it will cost; null where nobody asks.</param>
/// <param name="Values">Values of its metadata by which costs are added up.</param>
internal sealed record CandidateJob(WaitingJob Job, Lane Lane, RequestEstimate? Estimate, IReadOnlyList<(string Key, string Value)> Values);

/// <summary>Estimates waiting jobs: their requests are read some megabytes at a time, and of each lane only the first ones.</summary>
internal sealed class JobEstimates(JobReads reads, PriceBook prices, IReadOnlyDictionary<int, Lane> lanes, IReadOnlyList<SpentPage> pages)
{
    private const int MostJobs = 256;
    private const long MostBytes = 8 << 20;
    private readonly Dictionary<int, LaneEstimates> _lanes = [];

    public async IAsyncEnumerable<CandidateJob> EstimateAsync(IAsyncEnumerable<WaitingJob> jobs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (group, bytes) = (new List<WaitingJob>(), 0L);
        await foreach (var job in jobs.WithCancellation(cancellationToken))
        {
            group.Add(job);
            bytes += job.Record.DataSize;
            if (group.Count == MostJobs || bytes >= MostBytes)
            {
                foreach (var candidate in await EstimateAsync(group))
                {
                    yield return candidate;
                }
                (group, bytes) = ([], 0);
            }
        }
        foreach (var candidate in await EstimateAsync(group))
        {
            yield return candidate;
        }
    }

    private async Task<List<CandidateJob>> EstimateAsync(List<WaitingJob> group)
    {
        var values = await reads.CostValuesAsync(group.ConvertAll(job => job.Sequence));
        var read = group.Where(job => EstimatesOf(job).WantsRequest).Select(job => job.Sequence).ToArray();
        var requests = read.Zip(await reads.RequestsAsync(read)).ToDictionary(request => request.First, request => request.Second);
        return [.. group.Select((job, i) => new CandidateJob(job, lanes[job.Record.Lane], EstimatesOf(job).Estimate(job.Record.DataSize, requests.GetValueOrDefault(job.Sequence)), values[i]))];
    }

    private LaneEstimates EstimatesOf(WaitingJob job)
    {
        if (!_lanes.TryGetValue(job.Record.Lane, out var known))
        {
            var lane = lanes[job.Record.Lane];
            known = _lanes[job.Record.Lane] = new LaneEstimates(lane, HistoryOf(job.Record.Lane, lane), prices);
        }
        return known;
    }

    /// <summary>That of the lane; before it has any, that of its model.</summary>
    private LaneHistory HistoryOf(int number, Lane lane)
    {
        var own = Learn(page => page.LaneNumber == number);
        return own.Answers > 0 ? own : Learn(page => page.Lane with { JobType = lane.JobType } == lane);
    }

    private LaneHistory Learn(Func<SpentPage, bool> isOf) => pages.Where(isOf).GroupBy(page => page.Date).Aggregate(LaneHistory.None, (history, day) => history.Add(
        day.Sum(page => (long)page.Sum.Succeeded), day.Sum(page => page.Sum.InputTokens), day.Sum(page => page.Sum.OutputTokens), day.Sum(page => page.Sum.RequestBytes)));
}
