using System.Net.Http.Headers;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>Registers OpenAI.</summary>
internal static class OpenAiServices
{
    public const string ClientName = "openai";

    public static IServiceCollection AddOpenAi(this IServiceCollection services, OpenAiOptions options)
    {
        services.AddProviderClients(ClientName, client => Configure(client, options));
        return services.AddSingleton(options).AddSingleton<OpenAiFiles>().AddSingleton<OpenAiBatches>().AddSingleton<OpenAiResults>()
            .AddSingleton<IBatchProvider, OpenAiProvider>();
    }

    private static void Configure(HttpClient client, OpenAiOptions options)
    {
        client.BaseAddress = new Uri(options.BaseUrl.ToString().TrimEnd('/') + "/");
        client.Timeout = Timeout.InfiniteTimeSpan;
        client.DefaultRequestHeaders.UserAgent.ParseAdd("BatchWorker/1.0");
        if (options.ApiKey is { } key)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
        Add(client, "OpenAI-Organization", options.Organization);
        Add(client, "OpenAI-Project", options.Project);
    }

    private static void Add(HttpClient client, string header, string? value)
    {
        if (value is not null)
        {
            client.DefaultRequestHeaders.Add(header, value);
        }
    }
}
