using BatchWorker.Simulator.Clock;

namespace BatchWorker.Simulator.Gemini;

/// <summary><c>/v1beta/files</c> and both ways to a file's bytes.</summary>
internal static class GeminiFileEndpoints
{
    // The ids of results are longer: they can be downloaded and nothing else (googleapis/js-genai#1227, googleapis/go-genai#436)
    private const int MaxId = 40;

    public static void MapGeminiFiles(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1beta/files", List);
        routes.MapGet("/v1beta/files/{id}", (string id, HttpRequest request, GeminiAccount account) =>
            With(id, "GetFileRequest", account, file => GeminiJson.Ok(account.Wire(file, request))));
        // What batches do with a file before it is deleted happens first
        routes.MapDelete("/v1beta/files/{id}", (string id, GeminiAccount account, Agenda agenda) => agenda.PresentAsync(_ => Delete(id, account), CancellationToken.None));
        routes.MapGet("/v1beta/files/{id}:download", Download);
        routes.MapGet("/download/v1beta/files/{id}:download", Download);
    }

    private static IResult List(HttpRequest request, GeminiAccount account) => GeminiPage.Of(
        request.Query,
        "files",
        account.Files.All().Where(file => !file.IsGenerated).Reverse(),
        file => file.Sequence,
        file => account.Wire(file, request));

    private static IResult With(string id, string call, GeminiAccount account, Func<GeminiFile, IResult> answer)
    {
        if (id.Length > MaxId)
        {
            return GeminiError.Invalid($"* {call}.name: File ID cannot be more than {MaxId} characters.");
        }
        return account.Files.Find(GeminiFile.Prefix + id) is { } file ? answer(file) : GeminiError.NoFile(id);
    }

    private static IResult Delete(string id, GeminiAccount account) => With(id, "DeleteFileRequest", account, file =>
    {
        account.Files.Delete(file.Name);
        return GeminiJson.Ok(new { });
    });

    private static IResult Download(string id, HttpRequest request, GeminiAccount account)
    {
        if (request.Query["alt"] != "media")
        {
            return GeminiError.Invalid("Only alt=media is simulated.");
        }
        return account.Files.Find(GeminiFile.Prefix + id) switch
        {
            null => GeminiError.NoFile(id),
            { IsGenerated: false } => GeminiError.Invalid("Only generated files can be downloaded."),
            var file => TypedResults.PhysicalFile(file.Path, file.MimeType),
        };
    }
}
