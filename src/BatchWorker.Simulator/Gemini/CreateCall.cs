using System.Globalization;
using System.Text.Json;

namespace BatchWorker.Simulator.Gemini;

/// <summary>The body of a create call: <c>{"batch":{"displayName","inputConfig","priority","webhookConfig"}}</c>.</summary>
/// <param name="DisplayName">The caller's tag.</param>
/// <param name="FileName">The uploaded requests; null when they are inside.</param>
/// <param name="Requests">The requests inside; null when they are in a file.</param>
/// <param name="Priority">Taken and given back; batches do not wait for one another here.</param>
internal sealed record CreateCall(string DisplayName, string? FileName, JsonElement? Requests, long Priority)
{
    private static readonly string[] Members =
        ["model", "name", "displayName", "display_name", "inputConfig", "input_config", "priority", "webhookConfig", "webhook_config"];

    private static readonly string[] InputMembers = ["fileName", "file_name", "requests"];
    private static readonly string[] RequestMembers = ["request", "metadata"];

    /// <summary>The call, or what is wrong with it.</summary>
    public static (CreateCall? Call, string? Fault) Parse(JsonElement body)
    {
        if (Unknown(body, ["batch"], "") is { } unknown)
        {
            return (null, unknown);
        }
        if (GeminiJson.Member(body, "batch") is not { } batch)
        {
            return (null, "* BatchGenerateContentRequest.batch: batch is required.");
        }
        var input = GeminiJson.Member(batch, "inputConfig", "input_config");
        var fault = Unknown(batch, Members, " at 'batch'") ?? FaultOf(batch) ?? FaultOfInput(input);
        return fault is null ? (Read(batch, input!.Value), null) : (null, fault);
    }

    private static CreateCall Read(JsonElement batch, JsonElement input) => new(
        GeminiJson.Text(batch, "displayName", "display_name")!,
        GeminiJson.Text(input, "fileName", "file_name"),
        Inside(input),
        GeminiJson.Member(batch, "priority") is { } priority ? PriorityOf(priority)!.Value : 0);

    private static string? FaultOf(JsonElement batch)
    {
        if (GeminiJson.Text(batch, "displayName", "display_name") is null or "")
        {
            return "* BatchGenerateContentRequest.batch.display_name: display_name is required.";
        }
        return GeminiJson.Member(batch, "priority") is { } priority && PriorityOf(priority) is null ? "Invalid value at 'batch.priority' (TYPE_INT64)." : null;
    }

    private static string? FaultOfInput(JsonElement? input)
    {
        if (input is not { ValueKind: JsonValueKind.Object } config)
        {
            return "* BatchGenerateContentRequest.batch.input_config: input_config is required.";
        }
        var isFile = GeminiJson.Text(config, "fileName", "file_name") is { Length: > 0 };
        var inside = Inside(config);
        if (isFile == inside is not null)
        {
            return "* BatchGenerateContentRequest.batch.input_config: exactly one of file_name and requests must be set.";
        }
        return Unknown(config, InputMembers, " at 'batch.input_config'") ?? (inside is { } requests ? FaultOfRequests(requests) : null);
    }

    private static string? FaultOfRequests(JsonElement requests)
    {
        if (requests.ValueKind != JsonValueKind.Array || requests.GetArrayLength() == 0)
        {
            return "* BatchGenerateContentRequest.batch.input_config.requests: at least one request is required.";
        }
        foreach (var (index, item) in requests.EnumerateArray().Index())
        {
            var at = $"batch.input_config.requests.requests[{index}]";
            if (GeminiJson.Member(item, "request") is not { ValueKind: JsonValueKind.Object })
            {
                return $"* {at}.request: request is required.";
            }
            if (Unknown(item, RequestMembers, $" at '{at}'") is { } unknown)
            {
                return unknown;
            }
        }
        return null;
    }

    // The nesting is Google's: requests.requests
    private static JsonElement? Inside(JsonElement input) => GeminiJson.Member(input, "requests") is { } requests ? GeminiJson.Member(requests, "requests") ?? requests : null;

    private static long? PriorityOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out var number) => number,
        JsonValueKind.String when long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static string? Unknown(JsonElement body, string[] known, string place)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return $"Invalid JSON payload received. Expected an object{place}.";
        }
        foreach (var member in body.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                return $"Invalid JSON payload received. Unknown name \"{member.Name}\"{place}: Cannot find field.";
            }
        }
        return null;
    }
}
