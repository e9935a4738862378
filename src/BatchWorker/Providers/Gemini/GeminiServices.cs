using BatchWorker.Providers.Http;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BatchWorker.Providers.Gemini;

/// <summary>Registers Gemini.</summary>
internal static class GeminiServices
{
    public static IServiceCollection AddGemini(this IServiceCollection services, GeminiOptions options)
    {
        var connection = ConnectionOf(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddProviderClients(connection);
        foreach (var client in new[] { ProviderClients.ReadsOf(connection), ProviderClients.OnceOf(connection) })
        {
            services.AddHttpClient(client).AddHttpMessageHandler(() => new GeminiErrorHandler());
        }
        return services.AddSingleton<IBatchProvider>(provider => Build(provider, connection, options));
    }

    /// <summary>The key goes into a header, never into an address, where proxies would write it down.</summary>
    private static ProviderConnection ConnectionOf(GeminiOptions options)
    {
        var connection = new ProviderConnection("gemini", options.BaseUrl, options.ApiKey) { Timeouts = options.Timeouts };
        return connection.With("x-goog-api-key", connection.ApiKey);
    }

    private static GeminiProvider Build(IServiceProvider services, ProviderConnection connection, GeminiOptions options)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var http = new ProviderHttp(services.GetRequiredService<IHttpClientFactory>(), connection, time);
        var reader = new GeminiBatchReader(http.Redaction, services.GetRequiredService<ILogger<GeminiProvider>>());
        var files = new GeminiFiles(http, time);
        var batches = new GeminiBatches(http, reader, files);
        return new GeminiProvider(
            connection.Account,
            new GeminiStorage(files, new GeminiUpload(http, files, options.Timeouts.Upload), new GeminiCleaner(batches, files)),
            batches,
            new GeminiSearch(http, reader, batches),
            new GeminiResults(
                http,
                new LineDownload(http, options.LongestLine, options.Timeouts, time),
                new GeminiResultReader(http.Redaction)));
    }
}
