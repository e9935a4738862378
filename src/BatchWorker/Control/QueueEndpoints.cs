using System.Globalization;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary><c>/batch/queue/status</c>.</summary>
internal static class QueueEndpoints
{
    public static void MapQueue(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/batch/queue/status", ShowAsync).WithSummary("What waits").Takes(Scope.Read).Gives<QueueStatusAnswer>(200);

    private static async Task<IResult> ShowAsync(QueueCounts counts, TimeProvider time) =>
        TypedResults.Json(StatusOf(await counts.CountAsync(), time), ControlJson.Relaxed.QueueStatusAnswer);

    public static QueueStatusAnswer StatusOf(WaitingSummary waiting, TimeProvider time)
    {
        var byPriority = Enumerable.Range(0, QueueCounts.Priorities)
            .ToDictionary(i => (i + 1).ToString(CultureInfo.InvariantCulture), i => waiting.Lanes.Sum(lane => lane.ByPriority[i]));
        var age = waiting.OldestMs is { } oldest ? Math.Max(0, time.GetUtcNow().ToUnixTimeMilliseconds() - oldest) / 1000d : (double?)null;
        return new QueueStatusAnswer(waiting.Total, waiting.Delayed, waiting.Dead, age, SumBy(waiting, lane => lane.JobType), SumBy(waiting, lane => lane.Provider.Wire()), byPriority);
    }

    private static Dictionary<string, long> SumBy(WaitingSummary waiting, Func<Lane, string> key) =>
        waiting.Lanes.GroupBy(lane => key(lane.Lane)).ToDictionary(group => group.Key, group => group.Sum(lane => lane.Total));
}
