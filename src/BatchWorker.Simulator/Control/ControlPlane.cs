using System.Text.Json;
using BatchWorker.Simulator.OpenAi;

namespace BatchWorker.Simulator.Control;

/// <summary><c>/_sim</c>: where tests and people tell the simulator how to behave and read its books.</summary>
internal static class ControlPlane
{
    public static void MapControlPlane(this WebApplication app, Simulation simulation)
    {
        var sim = app.MapGroup("/_sim");
        sim.MapPost("/reset", () => simulation.Reset());
        sim.MapGet("/config", () => Results.Json(simulation.Engine.Behaviour, ControlJson.Default.BehaviourOptions));
        sim.MapPost("/config", async (HttpContext context) => simulation.Engine.Behaviour = await ReadAsync(context, ControlJson.Default.BehaviourOptions));
        sim.MapPost("/faults", async (HttpContext context) => simulation.Faults.Add(await ReadAsync(context, ControlJson.Default.FaultRule)));
        sim.MapDelete("/faults", simulation.Faults.Clear);
        sim.MapPost("/items", async (HttpContext context) => simulation.Fates.Add(await ReadAsync(context, ControlJson.Default.ItemFate)));
        sim.MapPost("/batches", async (HttpContext context) => simulation.Fates.Add(await ReadAsync(context, ControlJson.Default.BatchFate)));
        sim.MapPost("/mutations", async (HttpContext context) => simulation.Fates.Add(await ReadAsync(context, ControlJson.Default.LineMutation)));
        sim.MapDelete("/fates", simulation.Fates.Clear);
        sim.MapPost("/advance", (string? batch) => simulation.Engine.Advance(batch));
        sim.MapGet("/ledger/summary", () => Results.Json(simulation.Ledger.Summary, ControlJson.Default.LedgerSummary));
        sim.MapGet("/ledger/requests", () => Results.Json(simulation.Ledger.Requests, ControlJson.Default.IReadOnlyListSeenRequest));
        sim.MapGet("/ledger/batches", () => Results.Text(
            "[" + string.Join(",", simulation.Engine.List(everything: true).Select(batch => OpenAiJson.Batch(batch, simulation.Engine.Behaviour).ToJsonString())) + "]",
            "application/json"));
    }

    private static async Task<T> ReadAsync<T>(HttpContext context, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted) ?? throw new BadHttpRequestException("A body is expected.");
}
