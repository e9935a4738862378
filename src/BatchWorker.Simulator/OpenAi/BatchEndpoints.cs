using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BatchWorker.Simulator.OpenAi;

/// <summary><c>/openai/v1/batches</c>.</summary>
internal static class BatchEndpoints
{
    private const int DefaultListed = 20;
    private const int MostListed = 100;
    private static readonly string[] s_endpoints = ["/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/v1/completions", "/v1/moderations"];

    public static void MapBatches(this IEndpointRouteBuilder routes, BatchEngine engine, FileShelf shelf)
    {
        routes.MapPost("/batches", (Delegate)((HttpContext context) => CreateAsync(context, engine, shelf)));
        routes.MapGet("/batches", (HttpContext context) => List(context.Request.Query, engine));
        routes.MapGet("/batches/{id}", (string id) => engine.Find(id) is { } batch ? Show(batch, engine) : Missing(id));
        routes.MapPost("/batches/{id}/cancel", (string id) => Cancel(id, engine));
    }

    private static async Task<IResult> CreateAsync(HttpContext context, BatchEngine engine, FileShelf shelf)
    {
        JsonNode? body;
        try
        {
            body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException)
        {
            return FileEndpoints.Invalid("The body is not valid JSON.");
        }
        var endpoint = (string?)body?["endpoint"];
        if (endpoint is null || !s_endpoints.Contains(endpoint))
        {
            return FileEndpoints.Invalid($"Invalid endpoint: {endpoint}.");
        }
        if ((string?)body!["completion_window"] != "24h")
        {
            return FileEndpoints.Invalid("completion_window must be 24h.");
        }
        if ((string?)body["input_file_id"] is not { } input || shelf.Find(input) is not { } file)
        {
            return FileEndpoints.Invalid($"Invalid input_file_id: {(string?)body["input_file_id"]}.");
        }
        var metadata = (body["metadata"] as JsonObject)?.ToDictionary(pair => pair.Key, pair => (string?)pair.Value ?? "") ?? [];
        return Show(engine.Create(file, endpoint, metadata), engine);
    }

    private static IResult List(IQueryCollection query, BatchEngine engine)
    {
        var limit = int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : DefaultListed;
        if (limit is < 1 or > MostListed)
        {
            return FileEndpoints.Invalid($"limit must be between 1 and {MostListed}.");
        }
        var all = engine.List();
        var rest = query["after"].Count == 0 ? all : all.SkipWhile(batch => batch.Id != query["after"]).Skip(1);
        var page = rest.Take(limit + 1).ToArray();
        return FileEndpoints.Json(OpenAiJson.Page([.. page.Take(limit).Select(batch => OpenAiJson.Batch(batch, engine.Behaviour))], page.Length > limit));
    }

    private static IResult Cancel(string id, BatchEngine engine)
    {
        if (engine.Find(id) is not { } batch)
        {
            return Missing(id);
        }
        return engine.Cancel(batch)
            ? Show(batch, engine)
            : FileEndpoints.Json(OpenAiJson.Refusal($"Cannot cancel a batch with status '{batch.StatusWord}'.", "invalid_request_error", null), StatusCodes.Status409Conflict);
    }

    private static IResult Show(SimulatedBatch batch, BatchEngine engine) => FileEndpoints.Json(OpenAiJson.Batch(batch, engine.Behaviour));

    private static IResult Missing(string id) =>
        FileEndpoints.Json(OpenAiJson.Refusal($"No batch found with id '{id}'.", "invalid_request_error", null), StatusCodes.Status404NotFound);
}
