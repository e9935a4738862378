using BatchWorker.Simulator.Control;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>The simulated OpenAI API.</summary>
internal static class OpenAiEndpoints
{
    private const string Bearer = "Bearer ";

    /// <summary>Where it is: <c>OPENAI_BASE_URL</c> is the address and this.</summary>
    public const string Prefix = "/openai/v1";

    /// <summary>How the fault layer knows the API.</summary>
    public static ProviderApi Api { get; } = new(OpenAiAccount.Provider, Prefix, (_, status, message) => OpenAiError.Of(status, message));

    /// <param name="services">The services of the simulator.</param>
    /// <param name="directory">Where the simulator keeps its bytes.</param>
    public static IServiceCollection AddOpenAi(this IServiceCollection services, string directory)
    {
        var files = Directory.CreateDirectory(Path.Combine(directory, OpenAiAccount.Provider));
        return services
            .AddSingleton(Api)
            .AddSingleton(world => new FileStore(files, world.GetRequiredService<IdSequence>(), world.GetRequiredService<TimeProvider>()))
            .AddSingleton<OpenAiAccount>()
            .AddSingleton<IProviderAccount>(world => world.GetRequiredService<OpenAiAccount>())
            .AddSingleton<BatchLife>();
    }

    public static void MapOpenAi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix).AddEndpointFilter(AuthorizeAsync);
        group.MapFiles();
        group.MapBatches();
        group.Map("{**path}", (HttpRequest request) => OpenAiError.UnknownUrl(request.Method, request.Path));
    }

    private static async ValueTask<object?> AuthorizeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var account = http.RequestServices.GetRequiredService<OpenAiAccount>();
        http.Response.Headers["x-request-id"] = http.RequestServices.GetRequiredService<IdSequence>().Next("req_");
        var header = http.Request.Headers.Authorization.ToString();
        var key = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..] : null;
        return key is not null && account.Settings.Keys.Contains(key) ? await next(context) : OpenAiError.Unauthorized(key);
    }
}
