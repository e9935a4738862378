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

/// <summary>The scope that a call needs; without this metadata any valid key will do.</summary>
internal sealed record NeedsScope(Scope Scope)
{
    /// <summary>A call from this machine needs no key.</summary>
    public bool OpenOnLoopback { get; init; }
}

/// <summary>The call needs no key.</summary>
internal sealed record NeedsNoKey;

/// <summary>A parameter of the query, for the API description.</summary>
internal sealed record QueryParameter(string Name, string Description, bool IsNumber = false);

/// <summary>How endpoints say what they need and give; the API description is made from it.</summary>
internal static class EndpointConventions
{
    private const string Json = "application/json";

    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder endpoint, Scope scope) =>
        endpoint.WithMetadata(new NeedsScope(scope)).WithDescription($"Scope: {scope.ToString().ToLowerInvariant()}.").Refuses(401, 403, 500, 503);

    public static RouteHandlerBuilder Asks(this RouteHandlerBuilder endpoint, string name, string description, bool isNumber = false) =>
        endpoint.WithMetadata(new QueryParameter(name, description, isNumber));

    /// <summary>The parameters that every list has.</summary>
    public static RouteHandlerBuilder AsksForPage(this RouteHandlerBuilder endpoint) => endpoint
        .Asks("limit", "Most items of a page, 1 to 1,000; default 100.", isNumber: true)
        .Asks("cursor", "next_cursor of the page before.");

    /// <summary>A JSON body that may be left out; other types are refused with 415.</summary>
    public static RouteHandlerBuilder TakesBody<T>(this RouteHandlerBuilder endpoint) where T : notnull =>
        endpoint.Accepts<T>(isOptional: true, Json).Refuses(400, 413, 415, 422);

    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder endpoint, int status) => endpoint.Produces<T>(status);

    /// <summary>A page, or the whole list in lines.</summary>
    public static RouteHandlerBuilder GivesList<T>(this RouteHandlerBuilder endpoint) =>
        endpoint.Produces<T>(StatusCodes.Status200OK, Json, Listing.Ndjson).AsksForPage().Refuses(422);

    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            endpoint.Produces<ProblemAnswer>(status, Problem.ContentType);
        }
        return endpoint;
    }
}
