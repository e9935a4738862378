using System.Net;
using System.Security.Claims;

namespace BatchWorker.Control;

/// <summary>Lets a call through when its key may make it.</summary>
internal sealed class AccessGuard(RequestDelegate next, ApiKeys keys, AccessOptions options)
{
    private const string Bearer = "Bearer ";

    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint()?.Metadata;
        var needed = endpoint?.GetMetadata<NeedsScope>() ?? new NeedsScope(Scope.Any);
        return keys.IsEmpty ? AnonymousAsync(context)
            : endpoint?.GetMetadata<NeedsNoKey>() is not null || (needed.OpenOnLoopback && ComesFromHere(context)) ? next(context)
            : WithKeyAsync(context, needed.Scope);
    }

    /// <summary>
    /// Without keys the daemon is for this machine alone. A browser on it must not be made to call us: neither by a page of another origin
    /// nor under another name for this address.
    /// </summary>
    private Task AnonymousAsync(HttpContext context)
    {
        var foreign = !options.AllowAnonymous && !IsLoopback(context.Request.Host.Host);
        return foreign || IsCrossSite(context.Request)
            ? new Problem(StatusCodes.Status403Forbidden, "foreign_origin", "Without API keys only this machine may call.").ExecuteAsync(context)
            : next(context);
    }

    private Task WithKeyAsync(HttpContext context, Scope scope)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) || keys.Find(header[Bearer.Length..].Trim()) is not { } key)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return new Problem(StatusCodes.Status401Unauthorized, "unauthorized", "A valid key is expected: Authorization: Bearer KEY.").ExecuteAsync(context);
        }
        if (!key.May(scope))
        {
            return new Problem(StatusCodes.Status403Forbidden, "missing_scope", $"The key {key.Name} lacks the scope {scope.ToString().ToLowerInvariant()}.").ExecuteAsync(context);
        }
        context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, key.Name)], authenticationType: "Bearer"));
        return next(context);
    }

    /// <summary>A call that a proxy passed on is not from this machine, though its connection is.</summary>
    private static bool ComesFromHere(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !context.Request.Headers.ContainsKey("Forwarded") && !context.Request.Headers.ContainsKey("X-Forwarded-For");

    /// <summary>Browsers say Sec-Fetch-Site only where they trust the connection, but name the origin with every POST.</summary>
    private static bool IsCrossSite(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] == "cross-site"
        || (request.Headers.Origin is [{ } origin] && !(Uri.TryCreate(origin, UriKind.Absolute, out var site) && site.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)));

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}

/// <summary>Who may call without a key.</summary>
/// <param name="AllowAnonymous"><c>BATCH_ALLOW_ANONYMOUS</c>: everybody, from anywhere.</param>
internal sealed record AccessOptions(bool AllowAnonymous);
