using System.Text.RegularExpressions;
using BatchWorker.Simulator.Faults;

namespace BatchWorker.Simulator.Http;

/// <summary>Says what is wrong with a call that fits no endpoint, and with the simulator itself should it fail: in the provider's words, or to the tester.</summary>
internal sealed partial class ErrorMiddleware(RequestDelegate next, IEnumerable<ProviderApi> apis, ILogger<ErrorMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await AnswerAsync(context, e);
        }
    }

    private Task AnswerAsync(HttpContext context, Exception e)
    {
        // A body that ends early is an IOException, or a BadHttpRequestException, which is one
        var isCallers = e is IOException or InvalidDataException or RegexParseException;
        if (!isCallers)
        {
            LogFailure(e, context.Request.Method, context.Request.Path);
        }
        var status = isCallers ? StatusCodes.Status400BadRequest : StatusCodes.Status500InternalServerError;
        var message = e.InnerException?.Message ?? e.Message;
        var api = apis.FirstOrDefault(candidate => context.Request.Path.StartsWithSegments(candidate.Prefix));
        return new JsonAnswer(status, api?.Error(context, status, message) ?? new { error = message }).ExecuteAsync(context);
    }

    [LoggerMessage(1, LogLevel.Error, "The simulator itself failed at {Method} {Path}")]
    private partial void LogFailure(Exception e, string method, string path);
}
