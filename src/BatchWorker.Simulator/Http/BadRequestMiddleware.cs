using System.Text.RegularExpressions;
using BatchWorker.Simulator.Faults;

namespace BatchWorker.Simulator.Http;

/// <summary>Says what is wrong with a call that fits no endpoint: in the provider's words, or to the tester who misspelled a rule.</summary>
internal sealed class BadRequestMiddleware(RequestDelegate next, IEnumerable<ProviderApi> apis)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (e is BadHttpRequestException or InvalidDataException or RegexParseException && !context.Response.HasStarted)
        {
            var api = apis.FirstOrDefault(candidate => context.Request.Path.StartsWithSegments(candidate.Prefix));
            var message = e.InnerException?.Message ?? e.Message;
            await new JsonAnswer(StatusCodes.Status400BadRequest, api?.Error(StatusCodes.Status400BadRequest, message) ?? new { error = message }).ExecuteAsync(context);
        }
    }
}
