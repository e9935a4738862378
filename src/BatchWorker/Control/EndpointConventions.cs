namespace BatchWorker.Control;

/// <summary>What a key may do; none implies another.</summary>
internal enum Scope
{
    /// <summary>Any valid key.</summary>
    Any,
    Read,
    Enqueue,
    Operate,
}

/// <summary>The scope that a call needs; without this metadata a route is open.</summary>
internal sealed record NeedsScope(Scope Scope);

/// <summary>How endpoints say what they need and give; the API description is made from it.</summary>
internal static class EndpointConventions
{
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder endpoint, Scope scope) =>
        endpoint.WithMetadata(new NeedsScope(scope)).WithDescription($"Scope: {scope.ToString().ToLowerInvariant()}.");

    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder endpoint, int status) => endpoint.Produces<T>(status);

    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            endpoint.Produces<ProblemAnswer>(status, Problem.ContentType);
        }
        return endpoint;
    }
}
