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
        var files = new OpenAiFiles(http, options.Timeouts.Upload);
        var batches = new OpenAiBatches(http, reader);
        return new OpenAiProvider(
            connection.Account,
            files,
            batches,
            new OpenAiSearch(http, reader),
            new OpenAiResults(
                new LineDownload(http, options.LongestLine, options.Timeouts, time),
                new OpenAiResultReader(http.Redaction)),
            new OpenAiCleaner(batches, files));
    }
}
