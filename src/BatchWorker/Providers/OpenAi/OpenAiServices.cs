using BatchWorker.Providers.Http;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BatchWorker.Providers.OpenAi;

/// <summary>Registers OpenAI.</summary>
internal static class OpenAiServices
{
    public static IServiceCollection AddOpenAi(this IServiceCollection services, OpenAiOptions options)
    {
        var connection = ConnectionOf(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddProviderClients(connection);
        return services.AddSingleton<IBatchProvider>(provider => Build(provider, connection, options));
    }

    private static ProviderConnection ConnectionOf(OpenAiOptions options)
    {
        var connection = new ProviderConnection("openai", options.BaseUrl, options.ApiKey) { Timeouts = options.Timeouts };
        return connection.With("Authorization", connection.ApiKey is { } key ? "Bearer " + key : null)
            .With("OpenAI-Organization", options.Organization)
            .With("OpenAI-Project", options.Project);
    }

    private static OpenAiProvider Build(IServiceProvider services, ProviderConnection connection, OpenAiOptions options)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var http = new ProviderHttp(services.GetRequiredService<IHttpClientFactory>(), connection, time);
        var reader = new OpenAiBatchReader(http.Redaction, services.GetRequiredService<ILogger<OpenAiProvider>>());
        return new OpenAiProvider(
            connection.Account,
            new OpenAiFiles(http, options.Timeouts.Upload),
            new OpenAiBatches(http, reader),
            new OpenAiSearch(http, reader),
            new OpenAiResults(
                new LineDownload(http, options.LongestLine, options.Timeouts.Idle, time),
                new OpenAiResultReader(http.Redaction)));
    }
}
