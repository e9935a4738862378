using System.Text.Json;
using BatchWorker.Simulator.Clock;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.OpenAi;

/// <summary><c>/batches</c>.</summary>
internal static class BatchEndpoints
{
    private const int DefaultPage = 20;
    private const int MaxPage = 100;

    public static void MapBatches(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/batches", CreateAsync);
        routes.MapGet("/batches", ListAsync);
        routes.MapGet("/batches/{id}", GetAsync);
        routes.MapPost("/batches/{id}/cancel", CancelAsync);
    }

    private static async Task<IResult> CreateAsync(HttpRequest http, OpenAiAccount account, BatchLife life, Agenda agenda)
    {
        if (await ReadJsonAsync(http) is not { } body)
        {
            return OpenAiError.Invalid("We could not parse the JSON body of your request.");
        }
        var (request, refusal) = BatchRequest.Parse(body);
        if (refusal is not null)
        {
            return refusal;
        }
        // Once it is read, the call is done, whether or not the caller still waits
        return await agenda.PresentAsync(
            now => account.HasRoomForBatch(now)
                ? JsonAnswer.Ok(BatchWire.Of(life.Create(request!, now), account, now))
                : OpenAiError.TooManyRequests("Rate limit reached for batch creation. Please try again later."),
            CancellationToken.None);
    }

    private static Task<IResult> ListAsync(OpenAiAccount account, Agenda agenda, string? after, CancellationToken cancellationToken, int limit = DefaultPage)
    {
        if (limit is < 1 or > MaxPage)
        {
            return Task.FromResult(OpenAiError.Invalid($"Invalid 'limit': expected a value from 1 to {MaxPage}.", "limit", "invalid_value"));
        }
        return agenda.PresentAsync(
            now =>
            {
                var newest = now - TimeSpan.FromSeconds(account.Settings.ListDelay);
                var visible = account.Batches.Where(batch => batch.CreatedAt <= newest).Reverse();
                return ListPage.Of(visible, batch => batch.Id, batch => BatchWire.Of(batch, account, now), after, limit);
            },
            cancellationToken);
    }

    private static Task<IResult> GetAsync(string id, OpenAiAccount account, Agenda agenda, CancellationToken cancellationToken) =>
        agenda.PresentAsync(now => account.Find(id) is { } batch ? JsonAnswer.Ok(BatchWire.Of(batch, account, now)) : OpenAiError.NotFound("Batch", id), cancellationToken);

    private static Task<IResult> CancelAsync(string id, OpenAiAccount account, BatchLife life, Agenda agenda) =>
        agenda.PresentAsync(
            now => account.Find(id) switch
            {
                null => OpenAiError.NotFound("Batch", id),
                var batch when life.Cancel(batch, now) is null => OpenAiError.Conflict($"Cannot cancel a batch with status '{WireJson.Word(batch.Status)}'."),
                var batch => JsonAnswer.Ok(BatchWire.Of(batch, account, now)),
            },
            CancellationToken.None);

    private static async Task<JsonElement?> ReadJsonAsync(HttpRequest http)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(http.Body, cancellationToken: http.HttpContext.RequestAborted);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
