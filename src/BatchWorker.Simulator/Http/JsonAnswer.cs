using System.Text.Json;

namespace BatchWorker.Simulator.Http;

/// <summary>A JSON answer that says how long it is, so that a cut one is noticed. It shows the world as it is when made, not when sent.</summary>
internal sealed class JsonAnswer(int status, object body) : IResult
{
    private readonly byte[] _bytes = JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), WireJson.Options);

    public static IResult Ok(object body) => new JsonAnswer(StatusCodes.Status200OK, body);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = _bytes.Length;
        return response.Body.WriteAsync(_bytes, httpContext.RequestAborted).AsTask();
    }
}
