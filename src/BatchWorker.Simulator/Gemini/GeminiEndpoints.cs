using BatchWorker.Simulator.Control;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Gemini;

/// <summary>The simulated Gemini API.</summary>
internal static class GeminiEndpoints
{
    private const string KeyHeader = "x-goog-api-key";

    /// <summary>Where it is: <c>GEMINI_BASE_URL</c> is the address and this.</summary>
    public const string Prefix = "/gemini";

    /// <param name="services">The services of the simulator.</param>
    /// <param name="directory">Where the simulator keeps its bytes.</param>
    public static IServiceCollection AddGemini(this IServiceCollection services, string directory)
    {
        var files = Directory.CreateDirectory(Path.Combine(directory, GeminiAccount.Provider));
        return services
            .AddSingleton(new ProviderApi(GeminiAccount.Provider, Prefix, Error))
            .AddSingleton(world => new GeminiFileStore(files, world.GetRequiredService<IdSequence>(), world.GetRequiredService<TimeProvider>()))
            .AddSingleton<GeminiUploads>()
            .AddSingleton<GeminiAccount>()
            .AddSingleton<IProviderAccount>(world => world.GetRequiredService<GeminiAccount>())
            .AddSingleton<GeminiBatchLife>();
    }

    public static void MapGemini(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Prefix).AddEndpointFilter(AuthorizeAsync);
        group.MapUploads();
        group.MapGeminiFiles();
        group.MapGeminiBatches();
        group.Map("{**path}", () => GeminiError.NotFound());
    }

    /// <summary>The base URL as the caller of this request knows it.</summary>
    public static string Origin(HttpRequest request) => $"{request.Scheme}://{request.Host}{Prefix}";

    private static object Error(HttpContext http, int status, string message) =>
        GeminiError.Of(status, message, http.RequestServices.GetRequiredService<GeminiAccount>().Settings.RetryDelay);

    // The URL of an upload is a credential of its own
    private static async ValueTask<object?> AuthorizeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        if (request.Path.StartsWithSegments(Prefix + UploadEndpoints.Path) && request.Query.ContainsKey(UploadEndpoints.UploadId))
        {
            return await next(context);
        }
        var key = request.Headers[KeyHeader] is [{ Length: > 0 } header] ? header : request.Query["key"] is [{ Length: > 0 } parameter] ? parameter : null;
        var account = context.HttpContext.RequestServices.GetRequiredService<GeminiAccount>();
        return key is not null && account.Settings.Keys.Contains(key) ? await next(context) : GeminiError.Unauthorized(key);
    }
}
