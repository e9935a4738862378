using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace BatchWorker.Providers.Http;

/// <summary>How reads survive a provider's bad minute. The create call and uploads never pass here.</summary>
internal static class ReadPipeline
{
    public static void Configure(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, ProviderTimeouts timeouts, TimeProvider time)
    {
        pipeline.TimeProvider = time;
        pipeline
            .AddTimeout(timeouts.Total)
            .AddRetry(Retry(timeouts, time))
            .AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = 20,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = timeouts.Break,
                ShouldHandle = outcome => ValueTask.FromResult(IsDown(outcome.Outcome)),
            })
            .AddTimeout(timeouts.Attempt);
    }

    private static HttpRetryStrategyOptions Retry(ProviderTimeouts timeouts, TimeProvider time) => new()
    {
        MaxRetryAttempts = timeouts.Retries,
        BackoffType = DelayBackoffType.Exponential,
        Delay = timeouts.RetryDelay,
        UseJitter = true,
        ShouldHandle = outcome => ValueTask.FromResult(
            IsWorthwhile(outcome.Outcome) && (WaitOf(outcome.Outcome, time) is not { } wait || wait <= timeouts.LongestWait)),
        DelayGenerator = outcome => ValueTask.FromResult(WaitOf(outcome.Outcome, time)),
    };

    private static TimeSpan? WaitOf(Outcome<HttpResponseMessage> outcome, TimeProvider time) =>
        outcome.Result is { } response ? RetryAfter.Of(response.Headers, time.GetUtcNow()) : null;

    /// <summary>The provider's own word (<c>x-should-retry</c>, which OpenAI's and Anthropic's clients obey) goes first.</summary>
    private static bool IsWorthwhile(Outcome<HttpResponseMessage> outcome) => outcome.Result is { } response
        ? Hint(response) ?? (IsDown(outcome) || (int)response.StatusCode is 408 or 429)
        : IsDown(outcome);

    private static bool IsDown(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Result: { } response } => (int)response.StatusCode >= 500,
        { Exception: HttpRequestException or IOException or TimeoutRejectedException } => true,
        _ => false,
    };

    private static bool? Hint(HttpResponseMessage response) =>
        !response.IsSuccessStatusCode
        && response.Headers.NonValidated.TryGetValues("x-should-retry", out var values)
        && bool.TryParse(values.FirstOrDefault(), out var hint) ? hint : null;
}
