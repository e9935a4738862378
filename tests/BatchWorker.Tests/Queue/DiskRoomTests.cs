using BatchWorker.Queue;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Queue;

internal sealed class DiskRoomTests
{
    [Test]
    public async Task A_disk_is_full_below_the_least_that_must_stay_free()
    {
        var (time, free) = (new FakeTimeProvider(), DiskRoom.Least);
        var room = new DiskRoom(() => free, time);
        Assert.That(await room.IsFullAsync(), Is.False);

        free--;
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await room.IsFullAsync(), Is.True);

        free++;
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await room.IsFullAsync(), Is.False);
    }

    [Test]
    public async Task The_disk_is_looked_at_once_a_second_however_much_is_posted()
    {
        var (time, looks) = (new FakeTimeProvider(), 0);
        var room = new DiskRoom(() => ++looks, time);
        for (var i = 0; i < 100; i++)
        {
            Assert.That(await room.IsFullAsync(), Is.True);
            time.Advance(TimeSpan.FromMilliseconds(100));
        }
        Assert.That(looks, Is.EqualTo(10));
    }
}
