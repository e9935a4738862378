using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>How full a batch is, of what its provider takes.</summary>
/// <param name="limits">What it may hold.</param>
/// <param name="overhead">Bytes that a request takes beyond the caller's.</param>
internal sealed class Packing(BatchLimits limits, int overhead)
{
    private long _inputs;

    public int Jobs { get; private set; }

    /// <summary>Bytes of what is really sent.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether the job keeps the batch within every limit.</summary>
    public bool Fits(JobRecord job) => Jobs + 1 <= limits.MaxRequests && Bytes + SizeOf(job) <= limits.MaxBytes && _inputs + job.InputUnits <= limits.MaxInputs;

    public void Add(JobRecord job) => Change(job, 1);

    public void Remove(JobRecord job) => Change(job, -1);

    private void Change(JobRecord job, int sign)
    {
        Jobs += sign;
        Bytes += sign * SizeOf(job);
        _inputs += sign * job.InputUnits;
    }

    private long SizeOf(JobRecord job) => job.DataSize + overhead;
}
