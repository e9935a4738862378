using System.Text.Json;
using System.Text.Json.Nodes;
using BatchWorker.Simulator.Clock;
using BatchWorker.Simulator.Http;
using BatchWorker.Simulator.OpenAi;

namespace BatchWorker.Simulator.Control;

/// <summary><c>/_sim/config</c>: read whole, written in parts; objects are merged, everything else is replaced.</summary>
internal static class ConfigEndpoints
{
    public static void MapConfig(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/config", (Agenda agenda, OpenAiAccount openAi) => JsonAnswer.Ok(Read(agenda, openAi)));
        routes.MapPost("/config", Change);
    }

    private static IResult Change(JsonObject changes, Agenda agenda, OpenAiAccount openAi)
    {
        var merged = JsonSerializer.SerializeToNode(Read(agenda, openAi), WireJson.Options)!.AsObject();
        Merge(merged, changes);
        try
        {
            var config = merged.Deserialize<SimulatorConfig>(WireJson.Options)!;
            agenda.Manual = config.Manual;
            openAi.Settings = config.Openai;
            return JsonAnswer.Ok(config);
        }
        catch (JsonException e)
        {
            return new JsonAnswer(StatusCodes.Status400BadRequest, new { error = e.Message });
        }
    }

    private static SimulatorConfig Read(Agenda agenda, OpenAiAccount openAi) => new(agenda.Manual, openAi.Settings);

    private static void Merge(JsonObject into, JsonObject changes)
    {
        foreach (var (name, value) in changes)
        {
            if (value is JsonObject part && into[name] is JsonObject whole)
            {
                Merge(whole, part);
            }
            else
            {
                into[name] = value?.DeepClone();
            }
        }
    }

    /// <param name="Manual">Batches wait for <c>/_sim/advance</c>.</param>
    /// <param name="Openai">The simulated OpenAI.</param>
    private sealed record SimulatorConfig(bool Manual, OpenAiSettings Openai);
}
