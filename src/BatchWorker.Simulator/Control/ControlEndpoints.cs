using BatchWorker.Simulator.Clock;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Http;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.Control;

/// <summary><c>/_sim</c>: what testers tell the simulator, and what it tells them.</summary>
internal static class ControlEndpoints
{
    public static void MapControl(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/_sim");
        group.MapGet("/health", () => JsonAnswer.Ok(new { status = "ok" }));
        group.MapPost("/reset", ResetAsync);
        group.MapPost("/advance", AdvanceAsync);
        group.MapConfig();
        group.MapRules<HttpFault>("/faults", book => book.Http);
        group.MapRules<BatchFate>("/batches", book => book.Batches);
        group.MapRules<LineMutation>("/mutations", book => book.Mutations);
        group.MapItemFates();
        group.MapLedger();
    }

    private static Task<IResult> ResetAsync(Agenda agenda, FaultBook faults, SimulatorLedger ledger, IEnumerable<IProviderAccount> accounts) =>
        agenda.PresentAsync<IResult>(
            _ =>
            {
                agenda.Manual = false;
                agenda.Clear();
                faults.Clear();
                ledger.Clear();
                foreach (var account in accounts)
                {
                    account.Reset();
                }
                return TypedResults.NoContent();
            },
            CancellationToken.None);

    private static async Task<IResult> AdvanceAsync(AdvanceRequest request, SimulatorClock clock, Agenda agenda, CancellationToken cancellationToken)
    {
        if (request.Seconds is { } seconds)
        {
            clock.Advance(TimeSpan.FromSeconds(seconds));
            return JsonAnswer.Ok(new { now = await agenda.PresentAsync(now => now, cancellationToken), happened = (int?)null });
        }
        var happened = request.All ? await agenda.FinishAsync(cancellationToken) : await agenda.StepAsync(request.Batch, cancellationToken);
        return JsonAnswer.Ok(new { now = clock.GetUtcNow(), happened });
    }

    private static void MapRules<T>(this IEndpointRouteBuilder routes, string path, Func<FaultBook, RuleBook<T>> choose)
        where T : Occasion
    {
        routes.MapGet(path, (FaultBook faults) => JsonAnswer.Ok(choose(faults).All()));
        routes.MapPost(path, (T rule, FaultBook faults) =>
        {
            choose(faults).Add(rule);
            return JsonAnswer.Ok(rule);
        });
        routes.MapDelete(path, (FaultBook faults) =>
        {
            choose(faults).Clear();
            return TypedResults.NoContent();
        });
    }

    private static void MapItemFates(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/items", (FaultBook faults) => JsonAnswer.Ok(faults.Items.All));
        routes.MapPost("/items", (ItemFate fate, FaultBook faults) =>
        {
            faults.Items.Add(fate);
            return JsonAnswer.Ok(fate);
        });
        routes.MapDelete("/items", (FaultBook faults) =>
        {
            faults.Items.Clear();
            return TypedResults.NoContent();
        });
    }
}
