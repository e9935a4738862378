using BatchWorker.Batching;
using BatchWorker.Settings;
using BatchWorker.Tests.Fixtures;
using Microsoft.Extensions.Configuration;

namespace BatchWorker.Tests.Batching;

internal sealed class ScheduledDrainTests(StoreKind kind) : RedisFixture(kind)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(50);

    [TestCase("America/New_York", "02:30")]
    [TestCase("Europe/Berlin", "02:00")]
    [TestCase("Australia/Lord_Howe", "02:15")]
    [TestCase("Asia/Kolkata", "00:00")]
    public async Task A_year_has_one_drain_for_each_local_day(string zone, string at)
    {
        var ledger = NewLedger();
        var schedule = Read(("BATCH_SCHEDULE_TIMEZONE", zone), ("BATCH_SCHEDULE_TIME", at));
        var drain = DrainOf(ledger, schedule);
        await drain.BeginDueAsync();
        var local = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var days = new List<DateOnly>();
        var end = ledger.Time.GetUtcNow().AddYears(1);
        while (ledger.Time.GetUtcNow() < end)
        {
            ledger.Time.Advance(s_look);
            if (await drain.BeginDueAsync() is not null)
            {
                days.Add(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(ledger.Time.GetUtcNow(), local).DateTime));
            }
        }
        Assert.That(days, Has.Count.InRange(365, 366));
        Assert.That(days.Zip(days.Skip(1)), Has.All.Matches<(DateOnly Day, DateOnly Next)>(pair => pair.Next == pair.Day.AddDays(1)));
    }

    [Test]
    public async Task A_slot_is_drained_by_one_of_many_replicas()
    {
        var ledger = NewLedger();
        var schedule = Read();
        var drains = Enumerable.Range(0, 8).Select(replica => DrainOf(ledger.Replica($"replica {replica}"), schedule)).ToArray();
        await drains[0].BeginDueAsync();
        for (var night = 0; night < 5; night++)
        {
            ledger.Time.Advance(TimeSpan.FromDays(1));
            var runs = await Task.WhenAll(drains.Select(drain => drain.BeginDueAsync()));
            Assert.That(runs.Count(run => run is not null), Is.EqualTo(1));
        }
        Assert.That(await ledger.Runs.ListAsync(long.MaxValue, 100), Has.Count.EqualTo(5));
    }

    [Test]
    public async Task Slots_that_were_missed_while_nothing_ran_are_one_drain()
    {
        var ledger = NewLedger();
        await DrainOf(ledger, Read()).BeginDueAsync();
        ledger.Time.Advance(TimeSpan.FromDays(3));
        var restarted = DrainOf(ledger, Read());
        Assert.That((await restarted.BeginDueAsync())!.Trigger, Is.EqualTo("schedule"));
        Assert.That(await restarted.BeginDueAsync(), Is.Null);
    }

    [Test]
    public async Task The_first_start_drains_nothing_before_its_first_slot()
    {
        var ledger = NewLedger();
        var drain = DrainOf(ledger, Read(("BATCH_SCHEDULE_TIME", "03:00")));
        Assert.That(await drain.BeginDueAsync(), Is.Null);
        ledger.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.That(await drain.BeginDueAsync(), Is.Null);
        ledger.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(await drain.BeginDueAsync(), Is.Not.Null);
    }

    [Test]
    public async Task A_slot_of_a_stopped_scheduler_passes_and_is_not_made_up_for()
    {
        var ledger = NewLedger();
        var drain = DrainOf(ledger, Read());
        await drain.BeginDueAsync();
        await ledger.Switches.StopSchedulerAsync();
        ledger.Time.Advance(TimeSpan.FromDays(1));
        Assert.That(await drain.BeginDueAsync(), Is.Null);
        await ledger.Switches.StartSchedulerAsync();
        Assert.That(await drain.BeginDueAsync(), Is.Null);
        ledger.Time.Advance(TimeSpan.FromDays(1));
        Assert.That(await drain.BeginDueAsync(), Is.Not.Null);
    }

    private static ScheduleSettings Read(params (string Name, string Value)[] settings) => ScheduleSettings.Read(new SettingsReader(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, string? (setting) => setting.Value)).Build()));

    private static ScheduledDrain DrainOf(LedgerHarness ledger, ScheduleSettings schedule) =>
        new(ledger.Runs, ledger.Switches, new DrainSlots(schedule.NextAfter), ledger.Time);
}
