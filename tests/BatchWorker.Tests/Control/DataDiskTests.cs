using BatchWorker.Control;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

internal sealed class DataDiskTests(StoreKind kind) : ControlTest(kind)
{
    private Func<long> _free = () => DataDisk.Least;

    [Test]
    public async Task A_disk_that_runs_low_or_is_gone_is_in_the_health_and_goes_on_when_there_is_room()
    {
        Assert.That(await LookAsync(), Is.EqualTo(("healthy", null as string)));

        _free = () => DataDisk.Least - 1;
        Assert.That(await LookAsync(), Is.EqualTo(("degraded", "disk_low")));

        _free = () => throw new DriveNotFoundException();
        Assert.That(await LookAsync(), Is.EqualTo(("degraded", "disk_unavailable")));

        _free = () => DataDisk.Least;
        Assert.That(await LookAsync(), Is.EqualTo(("healthy", null as string)));
    }

    protected override Task<ControlHost> StartAsync() => ControlHost.StartAsync(disk: new DataDisk(() => _free()));

    /// <summary>The status of the disk, with the first word of its detail; the whole is degraded when it is.</summary>
    private async Task<(string Status, string? Reason)> LookAsync()
    {
        Host.Time.Advance(TimeSpan.FromSeconds(2));
        var health = await Host.GetAsync("/batch/health");
        var disk = health.GetProperty("checks").GetProperty("disk");
        var status = disk.GetProperty("status").GetString()!;
        Assert.That(health.GetProperty("status").GetString(), Is.EqualTo(status));
        return (status, disk.TryGetProperty("detail", out var detail) ? detail.GetString()?.Split(':')[0] : null);
    }
}
