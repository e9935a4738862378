using BatchWorker.Queue;
using CsCheck;

namespace BatchWorker.Tests.Queue;

internal sealed class WaitHistogramTests
{
    /// <summary>Half a bucket of an eighth of an octave: 2^(1/16) is 1.0443.</summary>
    private const double Error = 0.0443 + 1e-9;

    [Test]
    public void A_quantile_is_at_most_four_and_a_half_percent_off() =>
        Gen.Select(Gen.Double[0, 14].Select(power => (long)(1001 * Math.Pow(2, power))).Array[1, 200], Gen.Int[1, 100].Select(percent => percent / 100d)).Sample((waits, share) =>
        {
            var exact = waits.Order().ElementAt((int)Math.Ceiling(waits.Length * share) - 1);
            return Math.Abs(WaitHistogram.Quantile(WaitHistogram.Add(null, waits), share)!.Value - exact) <= exact * Error;
        });

    [Test]
    public void Parts_can_be_added_and_taken_away() =>
        Gen.Select(Gen.Long[0, 10_000_000_000].Array, Gen.Long[0, 10_000_000_000].Array).Sample((left, right) =>
        {
            var (first, second) = (WaitHistogram.Add(null, left), WaitHistogram.Add(null, right));
            var both = WaitHistogram.Merge(first, second);
            return (both ?? []).SequenceEqual(WaitHistogram.Add(null, left.Concat(right)) ?? [])
                && (WaitHistogram.Merge(both, second, -1) ?? []).SequenceEqual(first ?? []);
        });

    [Test]
    public void Without_jobs_there_is_no_quantile() => Assert.That(WaitHistogram.Quantile(null, 0.5), Is.Null);
}
