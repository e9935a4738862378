using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Garnet;
using Microsoft.Extensions.Logging;

namespace BatchWorker.EmbeddedStore;

/// <summary>
/// A store that speaks Redis in this process, on a port of the loopback that only who knows its password may use.
/// It finds again what an earlier process had committed.
/// </summary>
public sealed class EmbeddedServer : IDisposable
{
    /// <summary>All that the store logs is below this category.</summary>
    public const string LogCategory = "Garnet";

    /// <summary>It blocks threads of the pool while it waits for locks and commits; with fewer of them everything in this process starves.</summary>
    private const int LeastThreads = 64;

    /// <summary>A free port may be taken by another process before we have it.</summary>
    private const int Tries = 5;

    private readonly GarnetServer _server;

    private EmbeddedServer(GarnetServer server, int port, string password)
    {
        _server = server;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        Password = password;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Made up for this process.</summary>
    public string Password { get; }

    /// <param name="options">How it is kept.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="onFailure">Called when its disk fails it or its start stands still: it may answer nothing from then on, but what it had committed is found by the next start.</param>
    public static EmbeddedServer Start(EmbeddedServerOptions options, ILoggerFactory loggers, Action onFailure)
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, LeastThreads), Math.Max(ports, LeastThreads));
        using var watch = new StartWatch(() => GC.GetTotalAllocatedBytes(), TimeProvider.System, onFailure);
        var password = RandomNumberGenerator.GetHexString(32);
        for (var left = Tries; ; left--)
        {
            var port = FreePort();
            try
            {
                return new EmbeddedServer(Start(GarnetArguments.Of(options, port, password), new WatchedLoggers(loggers, onFailure)), port, password);
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && left > 1)
            {
                continue;
            }
        }
    }

    public void Dispose() => _server.Dispose();

    private static GarnetServer Start(string[] arguments, ILoggerFactory loggers)
    {
        var server = new GarnetServer(arguments, loggers);
        try
        {
            server.Start();
            return server;
        }
        catch (SocketException)
        {
            server.Dispose();
            throw;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
