namespace BatchWorker.Control;

/// <summary>Streams JSON lines. A stream that ends is complete; on a failure the connection is cut, since the status is sent already.</summary>
internal sealed class NdjsonStream(Func<NdjsonWriter, Task> write) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = Listing.Ndjson;
        await using var writer = new NdjsonWriter(httpContext.Response.BodyWriter, httpContext.RequestAborted);
        try
        {
            await write(writer);
            await writer.FlushAsync();
        }
        catch (Exception failure) when (writer.HasWritten)
        {
            if (!httpContext.RequestAborted.IsCancellationRequested)
            {
                Log.StreamCut(httpContext.RequestServices.GetRequiredService<ILogger<NdjsonStream>>(), httpContext.Request.Path, failure);
            }
            httpContext.Abort();
        }
    }
}
