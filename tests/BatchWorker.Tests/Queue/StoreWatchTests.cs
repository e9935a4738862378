using BatchWorker.Queue;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Queue;

internal sealed class StoreWatchTests
{
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();
    private bool _answers;
    private int _abandoned;

    [SetUp]
    public void Reset() => (_answers, _abandoned) = (true, 0);

    [Test]
    public async Task A_store_that_has_not_answered_for_a_minute_is_given_up()
    {
        var watch = NewWatch();
        await watch.LookAsync();
        _answers = false;
        for (var waited = s_step; waited < StoreWatch.Patience; waited += s_step)
        {
            _time.Advance(s_step);
            Assert.That(watch.LookAsync, Throws.TypeOf<TimeoutException>());
        }
        Assert.That(_abandoned, Is.Zero);

        _time.Advance(s_step);
        await watch.LookAsync();
        Assert.That(_abandoned, Is.EqualTo(1));
    }

    [Test]
    public async Task An_answer_in_between_begins_the_minute_anew()
    {
        var watch = NewWatch();
        for (var i = 0; i < 30; i++)
        {
            _time.Advance(s_step);
            _answers = i % 10 == 9;
            if (_answers)
            {
                await watch.LookAsync();
            }
            else
            {
                Assert.That(watch.LookAsync, Throws.TypeOf<TimeoutException>());
            }
        }
        Assert.That(_abandoned, Is.Zero);
    }

    private StoreWatch NewWatch() => new(() => _answers ? Task.CompletedTask : Task.FromException(new TimeoutException()), _time, () => _abandoned++);
}
