using System.Net;
using BatchWorker.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BatchWorker.Callbacks;

/// <summary>Registers the callbacks room. What receivers are told is handed in by the root.</summary>
internal static class CallbackServices
{
    public static IServiceCollection AddCallbacks(this IServiceCollection services, CallbackOptions options)
    {
        services.TryAddSingleton<Resolve>((host, cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken));
        return services.AddSingleton(options).AddSingleton<CallbackInstruments>().AddSingleton<CallbackSender>().AddSingleton<Deliverer>().AddSingleton<CallbackWorker>().AddSingleton<CallbackWatch>();
    }
}
