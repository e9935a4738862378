using System.Net;
using BatchWorker.Control;

namespace BatchWorker.Settings;

/// <summary>Refuses to listen to the world without keys.</summary>
internal static class BindGuard
{
    public const string DefaultUrls = "http://127.0.0.1:8003";

    /// <summary>Sets the default address, and refuses an exposed one when nobody needs a key.</summary>
    public static void Check(WebApplicationBuilder builder, ApiKeys keys, AccessOptions access)
    {
        var configuration = builder.Configuration;
        if (string.IsNullOrEmpty(configuration[WebHostDefaults.ServerUrlsKey]))
        {
            builder.WebHost.UseUrls(DefaultUrls);
        }
        var urls = (configuration[WebHostDefaults.ServerUrlsKey] ?? DefaultUrls).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Concat(configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>());
        Check(urls, keys, access);
    }

    public static void Check(IEnumerable<string> urls, ApiKeys keys, AccessOptions access)
    {
        if (keys.IsEmpty && !access.AllowAnonymous && urls.FirstOrDefault(url => !IsLoopback(url)) is { } exposed)
        {
            throw StartRefusal.Of("BATCH_API_KEYS", $"{exposed} can be reached from outside, so keys are required (or BATCH_ALLOW_ANONYMOUS=true).");
        }
    }

    private static bool IsLoopback(string url)
    {
        var address = BindingAddress.Parse(url);
        return address.IsUnixPipe || address.IsNamedPipe || address.Host == "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
    }
}
