using System.Globalization;
using BatchWorker.Simulator.Answers;

namespace BatchWorker.Simulator.Http;

/// <summary>Ids that never come back within a run, and the same ones in the next run with the same seed.</summary>
internal sealed class IdSequence(int seed)
{
    private long _last;

    /// <summary>The prefix and 24 hexadecimal digits.</summary>
    public string Next(string prefix)
    {
        var number = Interlocked.Increment(ref _last);
        return $"{prefix}{Fingerprint.Of($"{seed}/{number}")}{(number & 0xFFFF_FFFF).ToString("x8", CultureInfo.InvariantCulture)}";
    }
}
