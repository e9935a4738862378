using System.Net.Http.Headers;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>OpenAI's part of the simulator, under <c>/openai/v1</c>.</summary>
internal static class OpenAiSimulation
{
    public const string Prefix = "/openai/v1";

    public static void MapOpenAi(this WebApplication app, BatchEngine engine, FileShelf shelf, SimulatorOptions options)
    {
        var group = app.MapGroup(Prefix).AddEndpointFilter(async (context, next) => IsKnown(context.HttpContext.Request, options) ? await next(context) : Unknown());
        group.MapFiles(shelf);
        group.MapBatches(engine, shelf);
    }

    private static bool IsKnown(HttpRequest request, SimulatorOptions options) =>
        AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) && header.Scheme == "Bearer" && options.ApiKeys.Contains(header.Parameter);

    private static IResult Unknown() => FileEndpoints.Json(
        OpenAiJson.Refusal("Incorrect API key provided. You can find your API key at the dashboard.", "invalid_request_error", "invalid_api_key"),
        StatusCodes.Status401Unauthorized);
}
