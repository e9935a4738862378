using BatchWorker.Simulator.Control;
using BatchWorker.Simulator.Faults;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>The simulated Anthropic API.</summary>
internal static class AnthropicEndpoints
{
    /// <summary>Where it is: <c>ANTHROPIC_BASE_URL</c> is the address and this.</summary>
    public const string Prefix = "/anthropic";

    private const string Bearer = "Bearer ";

    /// <summary>How the fault layer knows the API.</summary>
    public static ProviderApi Api { get; } = new(AnthropicAccount.Provider, Prefix, AnthropicError.Of);

    /// <param name="services">The services of the simulator.</param>
    /// <param name="directory">Where the simulator keeps its bytes.</param>
    public static IServiceCollection AddAnthropic(this IServiceCollection services, string directory)
    {
        var files = Directory.CreateDirectory(Path.Combine(directory, AnthropicAccount.Provider));
        return services
            .AddSingleton(Api)
            .AddSingleton<CallRate>()
            .AddSingleton(world => ActivatorUtilities.CreateInstance<AnthropicAccount>(world, files))
            .AddSingleton<IProviderAccount>(world => world.GetRequiredService<AnthropicAccount>())
            .AddSingleton<MessageBatchLife>();
    }

    public static void MapAnthropic(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix).AddEndpointFilter(AdmitAsync);
        group.MapMessageBatches();
        group.Map("{**path}", () => AnthropicError.NotFound("Not Found"));
    }

    private static async ValueTask<object?> AdmitAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        RequestId.Of(http);
        return Refuse(http) ?? await next(context);
    }

    private static AnthropicError? Refuse(HttpContext http)
    {
        var settings = http.RequestServices.GetRequiredService<AnthropicAccount>().Settings;
        return RefuseKey(http.Request, settings)
            ?? ApiVersion.Refuse(http.Request)
            ?? (http.RequestServices.GetRequiredService<CallRate>().SecondsToWait(settings.RequestsPerMinute) is { } seconds
                ? new AnthropicError(StatusCodes.Status429TooManyRequests, "This request would exceed your organization's rate limit of requests per minute.") { RetryAfter = seconds }
                : null);
    }

    // The header of the API, or the one for tokens, which newer clients send keys in too
    private static AnthropicError? RefuseKey(HttpRequest request, AnthropicSettings settings)
    {
        var authorization = request.Headers.Authorization.ToString();
        var key = request.Headers["x-api-key"].ToString() is { Length: > 0 } given ? given
            : authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..]
            : null;
        if (key is null)
        {
            return new AnthropicError(StatusCodes.Status401Unauthorized, "x-api-key header is required");
        }
        return settings.Keys.Contains(key) ? null : new AnthropicError(StatusCodes.Status401Unauthorized, "invalid x-api-key");
    }
}
