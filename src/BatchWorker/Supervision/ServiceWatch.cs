using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Systemd;

namespace BatchWorker.Supervision;

/// <summary>
/// Tells the service manager how the daemon is, by sd_notify(3): that it answers, that it stops, and every half watchdog period that its
/// work goes on. When a loop has not come round for that long nothing is said, and the manager restarts the daemon.
/// </summary>
internal sealed class ServiceWatch : IAsyncDisposable
{
    /// <summary>Between two lines of status where nobody waits for a sign of life.</summary>
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(30);

    private readonly ISystemdNotifier _manager;
    private readonly TimeSpan? _period;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _beating;
    private Func<string> _status = () => "Starting";
    private bool _stops;

    /// <param name="manager">The service manager.</param>
    /// <param name="period">Its watchdog; null where it has none.</param>
    /// <param name="time">The clock.</param>
    public ServiceWatch(ISystemdNotifier manager, TimeSpan? period, TimeProvider time)
    {
        _manager = manager;
        _period = period;
        Progress = new WorkProgress(time);
        _beating = manager.IsEnabled ? BeatAsync(time) : Task.CompletedTask;
    }

    public WorkProgress Progress { get; }

    /// <summary>That of this process; AddSystemd of the library does nothing unless systemd is the direct parent.</summary>
    public static ServiceWatch OfProcess(TimeProvider time) =>
        new(new SystemdNotifier(), WatchdogPeriod.Read(Environment.GetEnvironmentVariable, Environment.ProcessId), time);

    /// <summary>It answers callers and probes.</summary>
    /// <param name="status">One line on how it is, asked for at every beat.</param>
    /// <param name="loops">What must come round from now on.</param>
    public void Answers(Func<string> status, params string[] loops)
    {
        Progress.Expect(loops);
        _status = status;
        Say("READY=1\nSTATUS=" + status());
    }

    /// <summary>It ends; how long that may take is the manager's TimeoutStopSec.</summary>
    public void Stops()
    {
        _stops = true;
        Progress.Expect();
        Say("STOPPING=1\nSTATUS=Stopping: what was begun is finished or put down at a safe place");
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _beating.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task BeatAsync(TimeProvider time)
    {
        using var beats = new PeriodicTimer(_period / 2 ?? s_calm, time);
        while (await beats.WaitForNextTickAsync(_end.Token))
        {
            Beat();
        }
    }

    private void Beat()
    {
        if (_period is { } period && Progress.FindStuck(period / 2) is { } stuck)
        {
            Say($"STATUS={stuck.Loop} has not come round for {stuck.Silent.TotalSeconds:0} s; no sign of life is given");
            return;
        }
        Say((_period is null ? "" : "WATCHDOG=1\n") + (_stops ? "" : "STATUS=" + _status()));
    }

    /// <summary>A manager that is away for a moment, as while it is updated, hears the next word.</summary>
    private void Say(string state)
    {
        try
        {
            _manager.Notify(new ServiceState(state.TrimEnd('\n')));
        }
        catch (SocketException)
        {
            // the next beat says it again; READY and STOPPING it knows or finds out
        }
    }
}
