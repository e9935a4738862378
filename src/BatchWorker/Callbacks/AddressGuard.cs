using System.Net;
using System.Net.Sockets;
using BatchWorker.Lifecycle;

namespace BatchWorker.Callbacks;

/// <summary>Finds the addresses of a host; tests put their own in its place.</summary>
internal delegate Task<IPAddress[]> Resolve(string host, CancellationToken cancellationToken);

/// <summary>A host leads to where callbacks may not go.</summary>
internal sealed class AddressBlockedException() : IOException("The address leads to where callbacks may not go.");

/// <summary>
/// Connects to receivers. The name is looked up here, every address that it leads to must be allowed, and the connection goes to one of those:
/// nobody looks the name up a second time, so it cannot lead elsewhere by then.
/// </summary>
internal sealed class AddressGuard(CallbackRules rules, Resolve resolve)
{
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_connectionLifetime = TimeSpan.FromMinutes(2);

    /// <summary>More of an answer is not read.</summary>
    private const int MostAnswer = 64 << 10;

    /// <summary>No redirect is followed, no proxy is asked, no cookie is kept.</summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = s_connectTimeout,
        PooledConnectionLifetime = s_connectionLifetime,
        MaxResponseDrainSize = MostAnswer,
        MaxResponseHeadersLength = MostAnswer >> 10,
        ConnectCallback = async (context, cancellationToken) => await ConnectAsync(context.DnsEndPoint, cancellationToken),
    };

    private async Task<Stream> ConnectAsync(DnsEndPoint receiver, CancellationToken cancellationToken)
    {
        var addresses = await resolve(receiver.Host, cancellationToken);
        if (!rules.AllowPrivate && !addresses.All(PublicAddresses.IsPublic))
        {
            throw new AddressBlockedException();
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, receiver.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
