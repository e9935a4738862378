using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace BatchWorker.Simulator.OpenAi;

/// <summary><c>/openai/v1/files</c>.</summary>
internal static class FileEndpoints
{
    private const int MostListed = 10_000;

    public static void MapFiles(this IEndpointRouteBuilder routes, FileShelf shelf)
    {
        routes.MapPost("/files", (Delegate)((HttpContext context) => UploadAsync(context, shelf)));
        routes.MapGet("/files", (HttpContext context) => List(context.Request.Query, shelf));
        routes.MapGet("/files/{id}", (string id) => shelf.Find(id) is { } file ? Json(OpenAiJson.File(file)) : Missing(id));
        routes.MapDelete("/files/{id}", (string id) => shelf.Remove(id) ? Json(new JsonObject { ["id"] = id, ["object"] = "file", ["deleted"] = true }) : Missing(id));
        routes.MapGet("/files/{id}/content", (string id) => shelf.Find(id) is { } file ? Results.File(file.Path, "application/octet-stream") : Missing(id));
    }

    public static IResult Json(JsonObject body, int status = StatusCodes.Status200OK) => Results.Text(body.ToJsonString(), "application/json", statusCode: status);

    public static IResult Missing(string id) => Json(OpenAiJson.Refusal($"No such File object: {id}", "invalid_request_error", null, "id"), StatusCodes.Status404NotFound);

    public static IResult Invalid(string message) => Json(OpenAiJson.Refusal(message, "invalid_request_error", null), StatusCodes.Status400BadRequest);

    private static async Task<IResult> UploadAsync(HttpContext context, FileShelf shelf)
    {
        var (id, path) = shelf.Reserve();
        var (purpose, name) = await ReceiveAsync(context, path);
        return purpose != "batch" || name is null ? Invalid("purpose must be batch and a file is required.")
            : new FileInfo(path).Length > FileShelf.LargestBatchFile
                ? Json(OpenAiJson.Refusal("The file is too large. Batch files are limited to 200 MB.", "invalid_request_error", null, "file"), StatusCodes.Status413PayloadTooLarge)
                : Json(OpenAiJson.File(shelf.Add(id, path, name, purpose)));
    }

    /// <summary>Streams the form: its file goes to the disk as it arrives.</summary>
    private static async Task<(string? Purpose, string? Name)> ReceiveAsync(HttpContext context, string path)
    {
        var boundary = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            ? type.Parameters.FirstOrDefault(parameter => parameter.Name == "boundary")?.Value?.Trim('"')
            : null;
        string? purpose = null;
        string? name = null;
        if (boundary is null)
        {
            return (null, null);
        }
        var form = new MultipartReader(boundary, context.Request.Body);
        while (await form.ReadNextSectionAsync(context.RequestAborted) is { } section)
        {
            var disposition = ContentDispositionHeaderValue.Parse(section.ContentDisposition ?? "");
            switch (disposition.Name?.Trim('"'))
            {
                case "purpose":
                    using (var text = new StreamReader(section.Body))
                    {
                        purpose = await text.ReadToEndAsync(context.RequestAborted);
                    }
                    break;
                case "file":
                    name = (disposition.FileNameStar ?? disposition.FileName)?.Trim('"');
                    await using (var file = new FileStream(path, FileMode.Create, FileAccess.Write))
                    {
                        await section.Body.CopyToAsync(file, context.RequestAborted);
                    }
                    break;
                default:
                    break;
            }
        }
        return (purpose, name);
    }

    private static IResult List(IQueryCollection query, FileShelf shelf)
    {
        var limit = int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : MostListed;
        var files = shelf.All.Where(file => query["purpose"].Count == 0 || file.Purpose == query["purpose"]);
        var ordered = query["order"] == "asc" ? files.Reverse() : files;
        var rest = query["after"].Count == 0 ? ordered : ordered.SkipWhile(file => file.Id != query["after"]).Skip(1);
        var page = rest.Take(limit + 1).ToArray();
        return Json(OpenAiJson.Page([.. page.Take(limit).Select(OpenAiJson.File)], page.Length > limit));
    }
}
