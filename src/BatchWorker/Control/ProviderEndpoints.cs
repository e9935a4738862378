using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary><c>/batch/providers</c>.</summary>
internal static class ProviderEndpoints
{
    public static void MapProviders(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/batch/providers", ListAsync).WithSummary("The providers and how they stand").Takes(Scope.Read).GivesList<ListAnswer<ProviderAnswer>>();
        routes.MapPost("/batch/providers/{provider}/pause", PauseAsync).WithSummary("Stops uploads and creates; batches are followed on").Takes(Scope.Operate).Gives<ProviderAnswer>(200).Refuses(404);
        routes.MapPost("/batch/providers/{provider}/resume", ResumeAsync).WithSummary("Ends a pause").Takes(Scope.Operate).Gives<ProviderAnswer>(200).Refuses(404);
    }

    private static Task<IResult> ListAsync(HttpContext context, ProviderStates states) => Listing.AnswerAsync(
        context,
        "providers",
        async (_, _) => new Page<ProviderAnswer>(await states.ReadAsync(), null),
        ControlJson.Relaxed.ListAnswerProviderAnswer,
        ControlJson.Relaxed.ProviderAnswer);

    private static async Task<IResult> PauseAsync(string provider, ProviderHealth health, ProviderStates states)
    {
        if (!ProviderNames.TryParse(provider, out var name))
        {
            return Problem.NotFound("provider");
        }
        await health.PauseAsync(name);
        return TypedResults.Json(await states.ReadAsync(name), ControlJson.Relaxed.ProviderAnswer);
    }

    private static async Task<IResult> ResumeAsync(HttpContext context, string provider, ProviderHealth health, ProviderStates states, IProviderDesk desk)
    {
        if (!ProviderNames.TryParse(provider, out var name))
        {
            return Problem.NotFound("provider");
        }
        await health.ResumeAsync(name);
        await desk.ProbeAsync(context.RequestAborted);
        return TypedResults.Json(await states.ReadAsync(name), ControlJson.Relaxed.ProviderAnswer);
    }
}
