using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BatchWorker.Benchmarks;

/// <summary>A process that can be killed and started again.</summary>
internal sealed class Server(string name, string file, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string log) : IDisposable
{
    private readonly Lock _gate = new();
    private Process? _process;

    public int Starts { get; private set; }

    /// <summary>The most memory that any of its processes had in RAM, in MiB.</summary>
    public long PeakMiB { get; private set; }

    /// <param name="more">Environment of this process alone.</param>
    public void Start(IReadOnlyDictionary<string, string>? more = null)
    {
        lock (_gate)
        {
            var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >>\"$LOG\" 2>&1", file, .. arguments]) { WorkingDirectory = Path.GetDirectoryName(log)! };
            start.Environment["LOG"] = log;
            foreach (var (key, value) in environment.Concat(more ?? new Dictionary<string, string>()))
            {
                start.Environment[key] = value;
            }
            _process = Process.Start(start) ?? throw new InvalidOperationException($"{name} does not start.");
            Starts++;
        }
    }

    /// <summary>SIGKILL: no chance to tidy up.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            Measure();
            _process?.Kill();
            _process?.WaitForExit();
            _process?.Dispose();
            _process = null;
        }
    }

    /// <summary>SIGTERM: it may tidy up. Answers the exit code.</summary>
    public Task<int> StopAsync()
    {
        Send("TERM");
        return EndedAsync();
    }

    /// <summary>Sends a signal.</summary>
    /// <param name="signal">Its name without SIG.</param>
    public void Send(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until it has ended by itself; answers the exit code.</summary>
    public async Task<int> EndedAsync()
    {
        await _process!.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>True when it ended by itself.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _process?.HasExited == true;
            }
        }
    }

    /// <summary>What the running process holds; null when there is none.</summary>
    public Vitals? Vitals
    {
        get
        {
            lock (_gate)
            {
                return _process is { HasExited: false } ? Benchmarks.Vitals.Of(_process.Id) : null;
            }
        }
    }

    /// <summary>Seconds of processor that the running process has used (utime and stime of /proc, in ticks of 10 ms).</summary>
    public double ProcessorSeconds
    {
        get
        {
            lock (_gate)
            {
                var parts = File.ReadAllText($"/proc/{_process!.Id}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                return (long.Parse(parts[11], CultureInfo.InvariantCulture) + long.Parse(parts[12], CultureInfo.InvariantCulture)) / 100d;
            }
        }
    }

    /// <summary>Reads the peak of the running process (VmHWM of /proc).</summary>
    public void Measure()
    {
        lock (_gate)
        {
            if (_process is not { HasExited: false } || !File.Exists($"/proc/{_process.Id}/status"))
            {
                return;
            }
            var peak = File.ReadLines($"/proc/{_process.Id}/status").FirstOrDefault(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
            PeakMiB = Math.Max(PeakMiB, peak is null ? 0 : long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024);
        }
    }

    public void Dispose() => Kill();

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
