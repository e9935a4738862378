using System.Net;

namespace BatchWorker.Providers.Http;

/// <summary>The two HTTP clients of a provider: one that tries again, and one that never does.</summary>
internal static class ProviderClients
{
    public static string ReadsOf(ProviderConnection connection) => $"{connection.Name}.reads";

    public static string OnceOf(ProviderConnection connection) => $"{connection.Name}.once";

    public static IServiceCollection AddProviderClients(this IServiceCollection services, ProviderConnection connection)
    {
        AddReads(services, connection);
        AddOnce(services, connection);
        return services;
    }

    private static void AddReads(IServiceCollection services, ProviderConnection connection)
    {
        var client = Add(services, ReadsOf(connection), connection, () => Transport(connection));
        client.AddResilienceHandler("reads", (pipeline, context) =>
            ReadPipeline.Configure(pipeline, connection.Timeouts, context.ServiceProvider.GetRequiredService<TimeProvider>()));
        client.AddHttpMessageHandler(() => new BufferingHandler());
    }

    /// <summary>A connection of its own for each call: on a pooled one that went stale the transport itself would send again.</summary>
    private static void AddOnce(IServiceCollection services, ProviderConnection connection)
    {
        var client = Add(services, OnceOf(connection), connection, () =>
        {
            var transport = Transport(connection);
            transport.PooledConnectionLifetime = TimeSpan.Zero;
            return transport;
        });
        client.ConfigureHttpClient(http =>
        {
            http.DefaultRequestVersion = HttpVersion.Version11;
            http.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
            http.DefaultRequestHeaders.ConnectionClose = true;
        });
    }

    /// <summary>Without the framework's loggers: headers hold the key. Time-outs are set per call.</summary>
    private static IHttpClientBuilder Add(IServiceCollection services, string name, ProviderConnection connection, Func<SocketsHttpHandler> transport) =>
        services.AddHttpClient(name)
            .RemoveAllLoggers()
            .ConfigureHttpClient(http =>
            {
                http.BaseAddress = new Uri(connection.BaseUrl + "/");
                http.Timeout = Timeout.InfiniteTimeSpan;
                connection.Apply(http.DefaultRequestHeaders);
            })
            .ConfigurePrimaryHttpMessageHandler(transport);

    /// <summary>No redirects: a POST must not go out twice, a key not to another host.</summary>
    private static SocketsHttpHandler Transport(ProviderConnection connection) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = connection.Timeouts.Connect,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };
}
