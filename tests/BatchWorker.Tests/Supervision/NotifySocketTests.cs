using System.Net.Sockets;
using System.Text;
using BatchWorker.Benchmarks;
using BatchWorker.Tests.EmbeddedStore;

namespace BatchWorker.Tests.Supervision;

/// <summary>The real daemon at the socket of a service manager.</summary>
internal sealed class NotifySocketTests
{
    [Test, CancelAfter(120_000)]
    public async Task The_daemon_says_that_it_is_ready_that_it_lives_and_that_it_stops(CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("bw-notify-");
        try
        {
            using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            manager.Bind(new UnixDomainSocketEndPoint(Path.Combine(directory.FullName, "notify")));
            var environment = StoreKills.Environment(Path.Combine(directory.FullName, "data"), "16m")
                .Append(new("NOTIFY_SOCKET", Path.Combine(directory.FullName, "notify"))).Append(new("WATCHDOG_USEC", "2000000")).ToDictionary();
            using var daemon = new Server("daemon", "dotnet", [DaemonProcess.Assembly, "--urls", "http://127.0.0.1:0"], environment, Path.Combine(directory.FullName, "daemon.log"));
            daemon.Start();

            Assert.That(await HearAsync(manager, "READY=1", cancellationToken), Does.Contain("STATUS=http://127.0.0.1:"));
            await HearAsync(manager, "WATCHDOG=1", cancellationToken);
            await HearAsync(manager, "WATCHDOG=1", cancellationToken);
            var stopped = daemon.StopAsync();
            await HearAsync(manager, "STOPPING=1", cancellationToken);
            Assert.That(await stopped, Is.Zero);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>The next message with this line.</summary>
    private static async Task<string> HearAsync(Socket manager, string line, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var heard = Encoding.UTF8.GetString(buffer, 0, await manager.ReceiveAsync(buffer, cancellationToken));
            if (heard.Split('\n').Contains(line))
            {
                return heard;
            }
        }
    }
}
