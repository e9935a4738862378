using Microsoft.AspNetCore.Http.HttpResults;

namespace BatchWorker.Control.Pages;

/// <summary>
/// Asks a browser that comes to the dashboard without a key for one. The answer is 401 as for everybody; the script of the page then fetches
/// what was asked for with the key, which it keeps in memory alone.
/// </summary>
internal sealed class LoginGate(RequestDelegate next, ApiKeys keys)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var isPage = request.Path == "/" || request.Path.StartsWithSegments(PageEndpoints.Root, StringComparison.Ordinal);
        if (keys.IsEmpty || !isPage || !HttpMethods.IsGet(request.Method) || !PageEndpoints.WantsPage(request) || request.Headers.Authorization.Count > 0)
        {
            return next(context);
        }
        PageAssets.Guard(context.Response);
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return new RazorComponentResult<Login> { StatusCode = StatusCodes.Status401Unauthorized }.ExecuteAsync(context);
    }
}
