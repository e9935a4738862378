using BatchWorker.Simulator.Clock;
using BatchWorker.Simulator.Http;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.Control;

/// <summary><c>/_sim/ledger</c>: what was done and billed. Everything due happens before it is read.</summary>
internal static class LedgerEndpoints
{
    public static void MapLedger(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/ledger");
        group.MapGet("/summary", (SimulatorLedger ledger, Agenda agenda, CancellationToken cancellationToken) =>
            agenda.PresentAsync(_ => JsonAnswer.Ok(ledger.Summary()), cancellationToken));
        group.MapGet("/batches", (SimulatorLedger ledger, Agenda agenda, CancellationToken cancellationToken) =>
            agenda.PresentAsync(_ => JsonAnswer.Ok(ledger.Batches), cancellationToken));
        group.MapGet("/requests", Requests);
        group.MapGet("/items", ItemsAsync);
    }

    private static IResult Requests(SimulatorLedger ledger, string? provider, string? method, string? path) => JsonAnswer.Ok(ledger.Requests.All().Where(entry =>
        (provider is null || entry.Provider == provider)
        && (method is null || string.Equals(entry.Method, method, StringComparison.OrdinalIgnoreCase))
        && (path is null || entry.Path.StartsWith(path, StringComparison.Ordinal))));

    private static async Task ItemsAsync(HttpContext context, SimulatorLedger ledger, Agenda agenda, string? batch)
    {
        var paths = await agenda.PresentAsync(
            _ => ledger.Batches.Where(entry => batch is null || entry.Id == batch).Select(entry => ledger.ItemsPath(entry.Id)).Where(File.Exists).ToList(),
            context.RequestAborted);
        context.Response.ContentType = "application/x-ndjson";
        foreach (var path in paths)
        {
            await context.Response.SendFileAsync(path, context.RequestAborted);
        }
    }
}
