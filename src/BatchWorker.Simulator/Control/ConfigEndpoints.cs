using System.Text.Json;
using System.Text.Json.Nodes;
using BatchWorker.Simulator.Clock;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Control;

/// <summary>
/// <c>/_sim/config</c>: <c>manual</c> (batches wait for <c>/_sim/advance</c>) and each provider's settings under its name.
/// Read whole, written in parts; objects are merged, everything else is replaced.
/// </summary>
internal static class ConfigEndpoints
{
    private const string Manual = "manual";

    public static void MapConfig(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/config", (Agenda agenda, IEnumerable<IProviderAccount> accounts) => JsonAnswer.Ok(Read(agenda, accounts)));
        routes.MapPost("/config", Change);
    }

    private static IResult Change(JsonObject changes, Agenda agenda, IEnumerable<IProviderAccount> accounts)
    {
        var config = Read(agenda, accounts);
        Merge(config, changes);
        try
        {
            Apply(config, agenda, [.. accounts]);
            return JsonAnswer.Ok(config);
        }
        catch (JsonException e)
        {
            return new JsonAnswer(StatusCodes.Status400BadRequest, new { error = e.Message });
        }
    }

    private static JsonObject Read(Agenda agenda, IEnumerable<IProviderAccount> accounts)
    {
        var config = new JsonObject { [Manual] = agenda.Manual };
        foreach (var account in accounts)
        {
            config[account.Name] = JsonSerializer.SerializeToNode(account.Settings, account.Settings.GetType(), WireJson.Options);
        }
        return config;
    }

    // All is read before anything is changed
    private static void Apply(JsonObject config, Agenda agenda, IReadOnlyList<IProviderAccount> accounts)
    {
        if (config.FirstOrDefault(member => member.Key != Manual && accounts.All(account => account.Name != member.Key)).Key is { } unknown)
        {
            throw new JsonException($"There is no provider '{unknown}'.");
        }
        var manual = config[Manual].Deserialize<bool>(WireJson.Options);
        List<object> settings = [.. accounts.Select(account => SettingsOf(account, config))];
        agenda.Manual = manual;
        foreach (var (account, its) in accounts.Zip(settings))
        {
            account.Settings = its;
        }
    }

    private static object SettingsOf(IProviderAccount account, JsonObject config) =>
        config[account.Name].Deserialize(account.Settings.GetType(), WireJson.Options) ?? throw new JsonException($"The settings of '{account.Name}' are null.");

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
}
