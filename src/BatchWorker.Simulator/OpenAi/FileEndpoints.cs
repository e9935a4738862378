using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.OpenAi;

/// <summary><c>/files</c>.</summary>
internal static class FileEndpoints
{
    private const int MaxPage = 10_000;

    // Files of batches are kept 30 days unless the caller says otherwise (OpenAI API reference)
    internal static readonly TimeSpan DefaultKept = TimeSpan.FromDays(30);

    private static readonly string[] Purposes = ["assistants", "batch", "fine-tune", "vision", "user_data", "evals"];

    public static void MapFiles(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/files", UploadAsync);
        routes.MapGet("/files", List);
        routes.MapGet("/files/{id}", (string id, FileStore files) => files.Find(id) is { } file ? JsonAnswer.Ok(file.ToWire()) : OpenAiError.NotFound("File", id));
        routes.MapGet("/files/{id}/content", Content);
        routes.MapDelete("/files/{id}", (string id, FileStore files) =>
            files.Delete(id) ? JsonAnswer.Ok(new { id, @object = "file", deleted = true }) : OpenAiError.NotFound("File", id));
    }

    private static async Task<IResult> UploadAsync(HttpRequest request, FileStore files, OpenAiAccount account, TimeProvider clock)
    {
        using var upload = new FileUpload(files.NewPath(), account.Settings.MaxFileBytes);
        var refusal = await upload.ReadAsync(request) ? Refuse(upload) : OpenAiError.Invalid("Invalid body: expected multipart/form-data.");
        if (refusal is not null)
        {
            return refusal;
        }
        var kept = upload.Kept ?? (upload.Purpose == "batch" ? DefaultKept : null);
        return JsonAnswer.Ok(files.Add(upload.Release(), upload.FileName!, upload.Purpose!, clock.GetUtcNow(), kept).ToWire());
    }

    // "File is too large." with 400: bespokelabsai/curator#111
    private static IResult? Refuse(FileUpload upload) => upload switch
    {
        { FileName: null } => OpenAiError.Invalid("Missing required parameter: 'file'.", "file", "missing_required_parameter"),
        { Purpose: null } => OpenAiError.Invalid("Missing required parameter: 'purpose'.", "purpose", "missing_required_parameter"),
        { Purpose: var purpose } when !Purposes.Contains(purpose) => OpenAiError.Invalid($"'{purpose}' is not one of [{string.Join(", ", Purposes)}] - 'purpose'", "purpose"),
        { HasValidExpiry: false } => OpenAiError.Invalid("Invalid 'expires_after': the anchor is 'created_at', seconds are 3600 to 2592000.", "expires_after", "invalid_value"),
        { IsTooLarge: true } => OpenAiError.Invalid("File is too large."),
        _ => null,
    };

    private static IResult List(FileStore files, string? purpose, string? order, string? after, int limit = MaxPage)
    {
        if (limit is < 1 or > MaxPage)
        {
            return OpenAiError.Invalid($"Invalid 'limit': expected a value from 1 to {MaxPage}.", "limit", "invalid_value");
        }
        var all = files.All().Where(file => purpose is null || file.Purpose == purpose);
        return ListPage.Of(order == "asc" ? all : all.Reverse(), file => file.Id, file => file.ToWire(), after, limit);
    }

    private static IResult Content(string id, FileStore files) => files.Find(id) is { } file
        ? Results.File(file.Path, "application/octet-stream", file.Name)
        : OpenAiError.NotFound("File", id);
}
