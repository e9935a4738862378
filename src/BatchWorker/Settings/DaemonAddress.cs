using System.Net;

namespace BatchWorker.Settings;

/// <summary>Where a daemon answers.</summary>
/// <param name="Address">Its base URL, as this machine reaches it.</param>
/// <param name="Pid">Its process.</param>
/// <param name="Key">The key of this machine's commands; null where none is needed.</param>
internal sealed record DaemonAddress(string Address, int Pid, string? Key)
{
    /// <summary>The address of this process.</summary>
    /// <param name="url">What Kestrel listens to; one that means every interface is reached through the loopback.</param>
    /// <param name="key">The key of local commands.</param>
    public static DaemonAddress Of(string url, string? key)
    {
        var listening = BindingAddress.Parse(url);
        var everywhere = !IPAddress.TryParse(listening.Host.Trim('[', ']'), out var ip) ? listening.Host is "*" or "+"
            : ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any);
        var host = everywhere ? IPAddress.Loopback.ToString() : listening.Host;
        return new DaemonAddress($"{listening.Scheme}://{host}:{listening.Port}", Environment.ProcessId, key);
    }
}
