using BatchWorker.Simulator.Http;
using BatchWorker.Simulator.Ledger;
using Microsoft.AspNetCore.Http.Features;

namespace BatchWorker.Simulator.Faults;

/// <summary>Stands in front of the providers' APIs: lets calls go wrong as they are meant to and writes each into the ledger.</summary>
internal sealed class HttpFaultMiddleware(RequestDelegate next, IEnumerable<ProviderApi> apis, FaultBook faults, SimulatorLedger ledger, TimeProvider clock)
{
    private const string Html = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>";

    public async Task InvokeAsync(HttpContext context)
    {
        var api = apis.FirstOrDefault(candidate => context.Request.Path.StartsWithSegments(candidate.Prefix));
        if (api is null)
        {
            await next(context);
            return;
        }
        context.Request.Path.StartsWithSegments(api.Prefix, out var path);
        var fault = faults.Http.Take(rule => rule.Fits(api.Name, context.Request.Method, path));
        var record = new CallRecord(ledger.Requests, clock, api.Name, context.Request.Method, path + context.Request.QueryString)
        {
            Fault = fault is null ? null : WireJson.Word(fault.Action.Type),
        };
        context.Response.OnStarting(() =>
        {
            record.Write(context.Response.StatusCode);
            return Task.CompletedTask;
        });
        try
        {
            await (fault is null ? next(context) : ApplyAsync(fault.Action, api, context, record));
        }
        finally
        {
            // An empty answer starts only after this; a caller who left gets none
            record.Write(context.RequestAborted.IsCancellationRequested ? null : context.Response.StatusCode);
        }
    }

    private Task ApplyAsync(HttpFaultAction action, ProviderApi api, HttpContext context, CallRecord record) => action.Type switch
    {
        HttpFaultKind.Status => AnswerAsync(action, api, context, ReadAllAsync),
        HttpFaultKind.StatusAfter => AnswerAsync(action, api, context, DoUnseenAsync),
        HttpFaultKind.ResetBefore => CutAsync(context, record, _ => ReadAsync(context, action.Bytes)),
        HttpFaultKind.ResetAfter => CutAsync(context, record, DoUnseenAsync),
        HttpFaultKind.Hang => CutAsync(context, record, ReadAllAsync, action.Seconds),
        HttpFaultKind.HangAfter => CutAsync(context, record, DoUnseenAsync, action.Seconds),
        HttpFaultKind.Slow => ThroughAsync(context, new DripStream(context.Response.Body, (int)Math.Max(1, action.Bytes), TimeSpan.FromSeconds(action.Seconds), clock)),
        HttpFaultKind.Truncate => TruncateAsync(action, context),
        HttpFaultKind.Garble => GarbleAsync(context),
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    private static async Task AnswerAsync(HttpFaultAction action, ProviderApi api, HttpContext context, Func<HttpContext, Task> first)
    {
        await first(context);
        context.Response.ContentType = "application/json";
        foreach (var (name, value) in action.Headers)
        {
            context.Response.Headers[name] = value;
        }
        if (action.Body is null)
        {
            await new JsonAnswer(action.Status, api.Error(context, action.Status, "The simulator was told to answer so.")).ExecuteAsync(context);
            return;
        }
        context.Response.StatusCode = action.Status;
        await context.Response.WriteAsync(action.Body);
    }

    private async Task CutAsync(HttpContext context, CallRecord record, Func<HttpContext, Task> first, double silence = 0)
    {
        await first(context);
        // The caller may leave before the silence ends, which is as good as a cut
        await Task.Delay(TimeSpan.FromSeconds(silence), clock, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        record.Write(null);
        context.Abort();
    }

    private Task TruncateAsync(HttpFaultAction action, HttpContext context)
    {
        if (action.Chunked)
        {
            context.Response.OnStarting(() =>
            {
                context.Response.ContentLength = null;
                return Task.CompletedTask;
            });
        }
        // Without chunks the announced length is not reached, and the server cuts the connection for it
        return ThroughAsync(context, new CutStream(context.Response.Body, action.Bytes));
    }

    private Task ThroughAsync(HttpContext context, Stream body)
    {
        context.Response.Body = body;
        return next(context);
    }

    private static async Task GarbleAsync(HttpContext context)
    {
        await ReadAllAsync(context);
        context.Response.ContentType = "text/html";
        await context.Response.WriteAsync(Html);
    }

    private async Task DoUnseenAsync(HttpContext context)
    {
        var seen = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        await next(context);
        context.Features.Set(seen);
        context.Response.Clear();
    }

    private static Task ReadAllAsync(HttpContext context) => ReadAsync(context, long.MaxValue);

    private static async Task ReadAsync(HttpContext context, long bytes)
    {
        var buffer = new byte[64 * 1024];
        for (var left = bytes; left > 0;)
        {
            var read = await context.Request.Body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), context.RequestAborted);
            if (read == 0)
            {
                return;
            }
            left -= read;
        }
    }
}
