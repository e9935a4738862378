using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace BatchWorker.Providers.Http;

/// <summary>
/// The HTTP clients of one provider: reads are retried within a time limit and behind a breaker, uploads are sent once and may take long,
/// create calls are sent once over a connection of their own.
/// </summary>
internal static class ProviderClients
{
    private const int ReadRetries = 3;
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_longestRetryAfter = TimeSpan.FromSeconds(5);

    public static string Reads(string provider) => provider + "-reads";

    public static string Uploads(string provider) => provider + "-uploads";

    public static string Creates(string provider) => provider + "-creates";

    public static void AddProviderClients(this IServiceCollection services, string provider, Action<HttpClient> configure)
    {
        services.AddHttpClient(Reads(provider), configure).WithoutBodiesInLogs(TimeSpan.FromMinutes(5))
            .AddResilienceHandler("reads", (pipeline, context) => AddReadPipeline(pipeline, context.ServiceProvider.GetRequiredService<TimeProvider>()));
        services.AddHttpClient(Uploads(provider), configure).ConfigureHttpClient(client => client.Timeout = TimeSpan.FromMinutes(30)).WithoutBodiesInLogs(TimeSpan.FromMinutes(5));
        services.AddHttpClient(Creates(provider), configure).ConfigureHttpClient(client => client.Timeout = TimeSpan.FromMinutes(2)).WithoutBodiesInLogs(TimeSpan.Zero);
    }

    /// <summary>Attempts of 30 s, up to four, with jitter; a server's Retry-After is honoured when short, a longer one is told to the caller.</summary>
    private static void AddReadPipeline(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, TimeProvider time)
    {
        pipeline.TimeProvider = time;
        pipeline.AddTimeout(TimeSpan.FromMinutes(3));
        pipeline.AddRetry(new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = ReadRetries,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(500),
            UseJitter = true,
            ShouldHandle = arguments => ValueTask.FromResult(HttpClientResiliencePredicates.IsTransient(arguments.Outcome) && !AsksToWaitLong(arguments.Outcome.Result, time)),
        });
        pipeline.AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions { MinimumThroughput = 20, BreakDuration = TimeSpan.FromSeconds(5) });
        pipeline.AddTimeout(TimeSpan.FromSeconds(30));
    }

    private static bool AsksToWaitLong(HttpResponseMessage? response, TimeProvider time) =>
        response is not null && RetryAfter.Of(response, time.GetUtcNow()) > s_longestRetryAfter;

    /// <summary>A redirect would send a call twice, and to somebody else; the factory's own log lines would show addresses.</summary>
    private static IHttpClientBuilder WithoutBodiesInLogs(this IHttpClientBuilder client, TimeSpan connectionLife) => client
        .RemoveAllLoggers()
        .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = s_connect,
            PooledConnectionLifetime = connectionLife,
            UseCookies = false,
        });
}
