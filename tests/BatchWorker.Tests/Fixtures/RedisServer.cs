using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;

namespace BatchWorker.Tests.Fixtures;

/// <summary>A private redis-server on a free port of the loopback, in a directory of its own.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private const string Program = "redis-server";
    private readonly Process _process;
    private readonly DirectoryInfo _directory;

    private RedisServer(Process process, DirectoryInfo directory, int port, IConnectionMultiplexer connection)
    {
        _process = process;
        _directory = directory;
        Port = port;
        Connection = connection;
    }

    public int Port { get; }

    /// <summary>As StackExchange.Redis and <c>BATCH_REDIS_URL</c> read it.</summary>
    public string Address => "127.0.0.1:" + Port;

    public IConnectionMultiplexer Connection { get; }

    public IServer Server => Connection.GetServer("127.0.0.1", Port);

    public static bool IsInstalled =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(path => File.Exists(Path.Combine(path, Program)));

    /// <summary>Starts one; with <paramref name="appendOnly"/> every write is in the append-only file before it is answered.</summary>
    public static Task<RedisServer> StartAsync(bool appendOnly = false) => StartAsync(Benchmarks.Server.FreePort(), appendOnly);

    /// <summary>Starts one on a certain port.</summary>
    public static async Task<RedisServer> StartAsync(int port, bool appendOnly = false)
    {
        var directory = Directory.CreateTempSubdirectory("batchworker-redis-");
        var process = Process.Start(new ProcessStartInfo(Program, ArgumentsOf(port, directory.FullName, appendOnly)) { RedirectStandardOutput = true })!;
        await ReadyAsync(process);
        var options = ConfigurationOptions.Parse("127.0.0.1:" + port);
        options.AllowAdmin = true;
        return new RedisServer(process, directory, port, await ConnectionMultiplexer.ConnectAsync(options));
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    private static string[] ArgumentsOf(int port, string directory, bool appendOnly) =>
    [
        "--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--dir", directory,
        "--save", "", "--maxmemory-policy", "noeviction",
        "--appendonly", appendOnly ? "yes" : "no", "--appendfsync", "always",
    ];

    /// <summary>Its output is read to the end, so that it never waits for a full pipe.</summary>
    private static Task ReadyAsync(Process process)
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                ready.TrySetException(new InvalidOperationException($"{Program} ended before it was ready."));
            }
            else if (line.Data.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        };
        process.BeginOutputReadLine();
        return ready.Task;
    }
}
