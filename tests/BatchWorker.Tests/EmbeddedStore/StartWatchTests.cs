using BatchWorker.EmbeddedStore;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.EmbeddedStore;

internal sealed class StartWatchTests
{
    private readonly FakeTimeProvider _time = new();

    [Test]
    public void A_start_that_stands_still_is_given_up_and_a_long_one_is_not()
    {
        var (progress, failures) = (0L, 0);
        using var watch = new StartWatch(() => progress, _time, () => failures++);
        for (var minutes = 0; minutes < 10; minutes++)
        {
            progress += StartWatch.LeastProgress;
            _time.Advance(StartWatch.Patience);
        }
        Assert.That(failures, Is.Zero);

        progress += StartWatch.LeastProgress - 1;
        _time.Advance(StartWatch.Patience);
        Assert.That(failures, Is.EqualTo(1));
    }

    [Test]
    public void A_start_that_is_over_is_not_watched()
    {
        var failures = 0;
        new StartWatch(() => 0, _time, () => failures++).Dispose();
        _time.Advance(StartWatch.Patience * 2);
        Assert.That(failures, Is.Zero);
    }
}
