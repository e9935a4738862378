using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.Faults;

/// <summary>Does to requests what the plan says, and writes every request down.</summary>
internal sealed class FaultMiddleware(RequestDelegate next, FaultPlan plan, PaidLedger ledger, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var (provider, path) = Split(context.Request.Path);
        if (provider == "_sim")
        {
            await next(context);
            return;
        }
        var fault = plan.Strike(context.Request.Method, provider, path);
        try
        {
            await (fault is null ? next(context) : ApplyAsync(context, fault));
        }
        finally
        {
            ledger.See(new SeenRequest(context.Request.Method, context.Request.Path, context.RequestAborted.IsCancellationRequested ? null : context.Response.StatusCode, fault?.Type));
        }
    }

    private async Task ApplyAsync(HttpContext context, FaultAction fault)
    {
        switch (fault.Type)
        {
            case "status":
                await AnswerAsync(context, fault);
                break;
            case "status_after":
                await DoUnseenAsync(context);
                await AnswerAsync(context, fault);
                break;
            case "reset_before":
                context.Abort();
                break;
            case "reset_after":
                await DoUnseenAsync(context);
                context.Abort();
                break;
            case "hang":
                await Task.Delay(TimeSpan.FromSeconds(fault.Seconds), time, context.RequestAborted);
                context.Abort();
                break;
            case "hang_after":
                await DoUnseenAsync(context);
                await Task.Delay(TimeSpan.FromSeconds(fault.Seconds), time, context.RequestAborted);
                context.Abort();
                break;
            case "slow" or "truncate":
                var whole = context.Response.Body;
                context.Response.Body = new FaultyStream(whole, fault, context, time);
                await next(context);
                break;
            case "garble":
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html><body>It works!</body></html>", context.RequestAborted);
                break;
            default:
                throw new InvalidOperationException($"The fault {fault.Type} is not known.");
        }
    }

    /// <summary>Everything happens, and nobody is told.</summary>
    private async Task DoUnseenAsync(HttpContext context)
    {
        var body = context.Response.Body;
        using var nowhere = new MemoryStream();
        context.Response.Body = nowhere;
        await next(context);
        context.Response.Body = body;
        context.Response.Headers.Clear();
    }

    private static Task AnswerAsync(HttpContext context, FaultAction fault)
    {
        context.Response.StatusCode = fault.Status;
        foreach (var (name, value) in fault.Headers ?? [])
        {
            context.Response.Headers[name] = value;
        }
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(fault.Body ?? """{"error":{"message":"The simulator was told to answer so.","type":"server_error","param":null,"code":null}}""", context.RequestAborted);
    }

    private static (string Provider, string Path) Split(PathString path)
    {
        var parts = path.ToString().TrimStart('/').Split('/', 2);
        return (parts[0], "/" + (parts.Length > 1 ? parts[1] : ""));
    }
}
