using System.Threading.Channels;
using BatchWorker.Supervision;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Supervision;

internal sealed class ServiceWatchTests
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(120);

    [Test]
    public async Task Signs_of_life_come_every_half_period_while_the_loops_come_round()
    {
        var (time, manager, watch) = Start(s_period);
        watch.Answers(() => "fine", "submit", "poll");
        Assert.That(await manager.HeardAsync(), Is.EqualTo("READY=1\nSTATUS=fine"));
        for (var beat = 0; beat < 5; beat++)
        {
            time.Advance(TimeSpan.FromSeconds(59));
            Mark(watch, "submit", "poll");
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.That(await manager.HeardAsync(), Is.EqualTo("WATCHDOG=1\nSTATUS=fine"));
        }
        await watch.DisposeAsync();
    }

    [Test]
    public async Task No_sign_of_life_is_given_while_one_loop_is_stuck_and_the_status_names_it()
    {
        var (time, manager, watch) = Start(s_period);
        watch.Answers(() => "fine", "submit", "poll");
        await manager.HeardAsync();
        for (var beat = 1; beat <= 3; beat++)
        {
            time.Advance(TimeSpan.FromSeconds(30));
            Mark(watch, "submit");
            time.Advance(TimeSpan.FromSeconds(30));
            var heard = await manager.HeardAsync();
            Assert.That(heard.Contains("WATCHDOG=1", StringComparison.Ordinal), Is.EqualTo(beat == 1), heard);
            Assert.That(heard.Contains("poll has not come round", StringComparison.Ordinal), Is.EqualTo(beat > 1), heard);
        }
        Mark(watch, "submit", "poll");
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.That(await manager.HeardAsync(), Does.StartWith("WATCHDOG=1"));
        await watch.DisposeAsync();
    }

    [Test]
    public async Task While_it_stops_only_the_managers_own_limit_counts()
    {
        var (time, manager, watch) = Start(s_period);
        watch.Answers(() => "fine", "submit");
        watch.Stops();
        Assert.That((await manager.HeardAsync(), (await manager.HeardAsync()).StartsWith("STOPPING=1\n", StringComparison.Ordinal)), Is.EqualTo(("READY=1\nSTATUS=fine", true)));
        time.Advance(s_period * 10);
        Assert.That(await manager.HeardAsync(), Is.EqualTo("WATCHDOG=1"));
        await watch.DisposeAsync();
    }

    [Test]
    public async Task Without_a_watchdog_only_the_status_is_told()
    {
        var (time, manager, watch) = Start(null);
        watch.Answers(() => "fine", "submit");
        await manager.HeardAsync();
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.That(await manager.HeardAsync(), Is.EqualTo("STATUS=fine"));
        await watch.DisposeAsync();
    }

    [TestCase("3000000", null, 3)]
    [TestCase("3000000", "", 3)]
    [TestCase("3000000", "7", 3)]
    [TestCase("3000000", "8", null)]
    [TestCase("0", null, null)]
    [TestCase("x", null, null)]
    [TestCase(null, null, null)]
    public void The_period_is_read_as_systemd_means_it(string? microseconds, string? pid, int? seconds)
    {
        var period = WatchdogPeriod.Read(name => name == "WATCHDOG_USEC" ? microseconds : pid, 7);
        Assert.That(period, Is.EqualTo(seconds is { } known ? TimeSpan.FromSeconds(known) : (TimeSpan?)null));
    }

    private static (FakeTimeProvider Time, Manager Manager, ServiceWatch Watch) Start(TimeSpan? period)
    {
        var (time, manager) = (new FakeTimeProvider(), new Manager());
        return (time, manager, new ServiceWatch(manager, period, time));
    }

    private static void Mark(ServiceWatch watch, params string[] loops) => Array.ForEach(loops, watch.Progress.Mark);

    /// <summary>A service manager that remembers.</summary>
    private sealed class Manager : ISystemdNotifier
    {
        private readonly Channel<string> _heard = Channel.CreateUnbounded<string>();

        public bool IsEnabled => true;

        public void Notify(ServiceState state) => _heard.Writer.TryWrite(state.ToString());

        /// <summary>The next word.</summary>
        public async Task<string> HeardAsync() => await _heard.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
