namespace BatchWorker.Simulator.Anthropic;

/// <summary>413 comes from the proxy in front of the API: a page of HTML, and no request id.</summary>
internal sealed class TooLarge : IResult
{
    private const string Html = "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n<center><h1>413 Request Entity Too Large</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Clear();
        response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        response.ContentType = "text/html";
        response.ContentLength = Html.Length;
        return response.WriteAsync(Html, httpContext.RequestAborted);
    }
}
