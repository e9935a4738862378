using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>The id of a call: in the header <c>request-id</c> of every answer and in the body of every error.</summary>
internal static class RequestId
{
    private const string Header = "request-id";

    /// <summary>One id for a call, however often it is asked; the answer carries it from then on.</summary>
    public static string Of(HttpContext http)
    {
        if (http.Items[Header] is not string id)
        {
            http.Items[Header] = id = http.RequestServices.GetRequiredService<IdSequence>().Next("req_01");
        }
        http.Response.Headers[Header] = id;
        return id;
    }
}
