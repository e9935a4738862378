using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace BatchWorker.Tests.Fixtures;

/// <summary>A redis-server of our own on a free port, without persistence unless asked for; tests are ignored where there is none.</summary>
internal sealed class PrivateRedis : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _directory;

    private PrivateRedis(Process process, string directory, int port)
    {
        _process = process;
        _directory = directory;
        Endpoint = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
    }

    public string Endpoint { get; }

    public string Url => "redis://" + Endpoint;

    public static async Task<PrivateRedis> StartAsync(params string[] arguments)
    {
        var directory = Directory.CreateTempSubdirectory("bw-redis-").FullName;
        var port = FreePort();
        var start = new ProcessStartInfo("redis-server", ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", directory, "--save", "", .. arguments])
        {
            RedirectStandardOutput = true,
        };
        var process = new Process { StartInfo = start };
        var ready = new TaskCompletionSource();
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("Ready to accept connections", StringComparison.Ordinal) != false)
            {
                ready.TrySetResult();
            }
        };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("redis-server is not installed");
        }
        process.BeginOutputReadLine();
        await ready.Task;
        return new PrivateRedis(process, directory, port);
    }

    public Task<ConnectionMultiplexer> ConnectAsync() => ConnectionMultiplexer.ConnectAsync(Endpoint + ",allowAdmin=true");

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
