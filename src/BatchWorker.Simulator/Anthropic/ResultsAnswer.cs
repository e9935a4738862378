namespace BatchWorker.Simulator.Anthropic;

/// <summary>The results of a batch. A batch without a line has no file, and answers with nothing.</summary>
/// <param name="path">Where they are.</param>
/// <param name="contentType">Null to send none.</param>
internal sealed class ResultsAnswer(string path, string? contentType) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var file = new FileInfo(path);
        response.ContentType = contentType;
        response.ContentLength = file.Exists ? file.Length : 0;
        return file.Exists ? response.SendFileAsync(path, httpContext.RequestAborted) : Task.CompletedTask;
    }
}
