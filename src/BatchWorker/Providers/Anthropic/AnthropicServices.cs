using BatchWorker.Providers.Http;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BatchWorker.Providers.Anthropic;

/// <summary>Registers Anthropic.</summary>
internal static class AnthropicServices
{
    public static IServiceCollection AddAnthropic(this IServiceCollection services, AnthropicOptions options)
    {
        var connection = ConnectionOf(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddProviderClients(connection);
        return services.AddSingleton<IBatchProvider>(provider => Build(provider, connection, options));
    }

    private static ProviderConnection ConnectionOf(AnthropicOptions options)
    {
        var connection = new ProviderConnection("anthropic", options.BaseUrl, options.ApiKey) { Timeouts = options.Timeouts };
        return connection.With("x-api-key", connection.ApiKey).With("anthropic-version", options.Version);
    }

    private static AnthropicProvider Build(IServiceProvider services, ProviderConnection connection, AnthropicOptions options)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var http = new ProviderHttp(services.GetRequiredService<IHttpClientFactory>(), connection, time)
        {
            Failures = new AnthropicFailures(new Redaction(connection.ApiKey)),
        };
        var reader = new AnthropicBatchReader(http.Redaction, services.GetRequiredService<ILogger<AnthropicProvider>>());
        return new AnthropicProvider(
            connection.Account,
            new AnthropicBatches(http, reader),
            new AnthropicSearch(http, reader),
            new AnthropicResults(
                new LineDownload(http, options.LongestLine, options.Timeouts, time),
                new AnthropicResultReader(http.Redaction)));
    }
}
