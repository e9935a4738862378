using System.Text.Json;
using BatchWorker.Simulator.Clock;

namespace BatchWorker.Simulator.Gemini;

/// <summary><c>/v1beta/batches</c> and the two calls that create them.</summary>
internal static class GeminiBatchEndpoints
{
    public static void MapGeminiBatches(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1beta/models/{model}:batchGenerateContent", (string model, HttpRequest http, GeminiAccount account, GeminiBatchLife life, Agenda agenda) =>
            CreateAsync(model, isEmbedding: false, http, account, life, agenda));
        routes.MapPost("/v1beta/models/{model}:asyncBatchEmbedContent", (string model, HttpRequest http, GeminiAccount account, GeminiBatchLife life, Agenda agenda) =>
            CreateAsync(model, isEmbedding: true, http, account, life, agenda));
        routes.MapGet("/v1beta/batches", ListAsync);
        routes.MapGet("/v1beta/batches/{id}", (string id, GeminiAccount account, Agenda agenda, CancellationToken cancellationToken) =>
            WithAsync(id, account, agenda, (batch, now) => GeminiJson.Ok(OperationWire.Of(batch, account, now, isWhole: true)), cancellationToken));
        routes.MapPost("/v1beta/batches/{id}:cancel", CancelAsync);
        routes.MapDelete("/v1beta/batches/{id}", DeleteAsync);
    }

    private static async Task<IResult> CreateAsync(string model, bool isEmbedding, HttpRequest http, GeminiAccount account, GeminiBatchLife life, Agenda agenda)
    {
        if (model.Contains("embedding", StringComparison.Ordinal) != isEmbedding)
        {
            return GeminiError.Answer(RpcCode.NotFound, $"models/{model} is not found for API version v1beta, or is not supported for this method.");
        }
        var (call, fault) = await ReadAsync(http, account.Settings.MaxInlineBytes);
        if (fault is not null)
        {
            return GeminiError.Invalid(fault);
        }
        // Once it is read, the call is done, whether or not the caller still waits
        return await agenda.PresentAsync(
            now =>
            {
                var (batch, refusal) = life.Create(call!, model, isEmbedding, now);
                return refusal ?? GeminiJson.Ok(account.Settings.BareCreate ? new { name = batch!.Name } : OperationWire.Of(batch!, account, now, isWhole: true));
            },
            CancellationToken.None);
    }

    private static Task<IResult> ListAsync(HttpRequest http, GeminiAccount account, Agenda agenda, CancellationToken cancellationToken)
    {
        if (http.Query.ContainsKey("filter"))
        {
            return Task.FromResult(GeminiError.Invalid("* filter: filtering is not supported."));
        }
        return agenda.PresentAsync(
            now =>
            {
                var newest = now - TimeSpan.FromSeconds(account.Settings.ListDelay);
                var visible = account.Batches.Where(batch => batch.CreatedAt <= newest && !batch.IsDeleted).Reverse();
                return GeminiPage.Of(http.Query, "operations", visible, batch => batch.Sequence, batch => OperationWire.Of(batch, account, now, isWhole: false));
            },
            cancellationToken);
    }

    private static Task<IResult> CancelAsync(string id, GeminiAccount account, GeminiBatchLife life, Agenda agenda) => WithAsync(
        id,
        account,
        agenda,
        (batch, now) =>
        {
            if (batch.HasEnded)
            {
                return GeminiError.Answer(RpcCode.FailedPrecondition, $"{batch.Name} has ended and cannot be cancelled.");
            }
            life.Cancel(batch, now);
            return GeminiJson.Ok(new { });
        },
        CancellationToken.None);

    // The guide says that deleting stops a batch, the specification that it does not: whoever wants it stopped cancels first
    private static Task<IResult> DeleteAsync(string id, GeminiAccount account, Agenda agenda) => WithAsync(
        id,
        account,
        agenda,
        (batch, _) =>
        {
            batch.IsDeleted = true;
            return GeminiJson.Ok(new { });
        },
        CancellationToken.None);

    private static Task<IResult> WithAsync(string id, GeminiAccount account, Agenda agenda, Func<GeminiBatch, DateTimeOffset, IResult> answer, CancellationToken cancellationToken) =>
        agenda.PresentAsync(now => account.Find(id) is { } batch ? answer(batch, now) : GeminiError.NotFound(), cancellationToken);

    /// <summary>The call, or what is wrong with it. What is too much is read to its end all the same: a caller in the middle of sending would not see the answer.</summary>
    private static async Task<(CreateCall? Call, string? Fault)> ReadAsync(HttpRequest http, int maxBytes)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        var isTooLarge = false;
        while (await http.Body.ReadAsync(buffer, http.HttpContext.RequestAborted) is > 0 and var read)
        {
            isTooLarge |= bytes.Length + read > maxBytes;
            if (!isTooLarge)
            {
                bytes.Write(buffer, 0, read);
            }
        }
        if (isTooLarge)
        {
            return (null, $"Request payload size exceeds the limit: {maxBytes} bytes.");
        }
        try
        {
            return CreateCall.Parse(JsonElement.Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), new JsonDocumentOptions { MaxDepth = 256 }));
        }
        catch (JsonException)
        {
            return (null, "Invalid JSON payload received.");
        }
    }
}
