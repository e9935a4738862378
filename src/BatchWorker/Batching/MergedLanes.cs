using System.Runtime.CompilerServices;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>The waiting jobs of several lanes as one stream: by priority, then by acceptance.</summary>
/// <param name="claims">Where they wait.</param>
/// <param name="gate">The budgets, which may close lanes on the way; null where there are none.</param>
internal sealed class MergedLanes(JobClaims claims, BudgetGate? gate)
{
    private const int Ahead = 1000;

    public async IAsyncEnumerable<WaitingJob> ReadAsync(IEnumerable<int> lanes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var heads = new PriorityQueue<LaneHead, double>();
        foreach (var lane in lanes)
        {
            await PushAsync(heads, new LaneHead(lane));
        }
        while (heads.TryDequeue(out var head, out _))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (gate?.IsOver(head.Lane) == true)
            {
                gate.Hold(head.Lane, await claims.CountAsync(head.Lane, head.Place));
                continue;
            }
            yield return head.Take();
            await PushAsync(heads, head);
        }
    }

    private async ValueTask PushAsync(PriorityQueue<LaneHead, double> heads, LaneHead head)
    {
        if (head.Waiting.Count == 0)
        {
            head.Refill(await claims.PeekAsync(head.Lane, head.Place, Ahead));
        }
        if (head.Waiting.TryPeek(out var next))
        {
            heads.Enqueue(head, next.Place);
        }
    }

    private sealed class LaneHead(int lane)
    {
        public int Lane { get; } = lane;

        public Queue<WaitingJob> Waiting { get; private set; } = [];

        /// <summary>Behind which the lane is read on.</summary>
        public double Place { get; private set; } = double.NegativeInfinity;

        public WaitingJob Take()
        {
            var job = Waiting.Dequeue();
            Place = job.Place;
            return job;
        }

        public void Refill(List<WaitingJob> jobs) => Waiting = new Queue<WaitingJob>(jobs);
    }
}
