using BatchWorker.Simulator.Clock;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Anthropic;

/// <summary><c>/v1/messages/batches</c>.</summary>
internal static class MessageBatchEndpoints
{
    private const int DefaultPage = 20;
    private const int MaxPage = 1_000;

    public static void MapMessageBatches(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/messages/batches");
        group.MapPost("", CreateAsync);
        group.MapGet("", ListAsync);
        group.MapGet("/{id}", GetAsync);
        group.MapDelete("/{id}", DeleteAsync);
        group.MapPost("/{id}/cancel", CancelAsync);
        group.MapGet("/{id}/results", ResultsAsync);
    }

    private static async Task<IResult> CreateAsync(HttpRequest http, AnthropicAccount account, MessageBatchLife life, Agenda agenda)
    {
        using var body = new CreateBody(account.NewPath());
        if (!await body.SaveAsync(http, account.Settings.MaxBodyBytes))
        {
            return new TooLarge();
        }
        var (envelope, refusal) = body.Read(account.Settings.MaxRequests, ApiVersion.Of(http));
        if (refusal is not null)
        {
            return AnthropicError.Invalid(refusal);
        }
        // Once it is read, the call is done, whether or not the caller still waits
        return await agenda.PresentAsync(
            now => life.Refuse(envelope!) ?? Show(life.Create(envelope!, now), account, http, now),
            CancellationToken.None);
    }

    private static Task<IResult> ListAsync(HttpRequest http, AnthropicAccount account, Agenda agenda, [AsParameters] PageQuery query, CancellationToken cancellationToken)
    {
        if (query.Limit is < 1 or > MaxPage)
        {
            return Task.FromResult<IResult>(AnthropicError.Invalid($"limit: Input should be from 1 to {MaxPage}"));
        }
        var baseUrl = MessageBatchWire.BaseUrl(http, account.Settings);
        return agenda.PresentAsync(
            now => MessageBatchPage.Of([.. account.Listed(now)], batch => MessageBatchWire.Of(batch, baseUrl, now), query.AfterId, query.BeforeId, query.Limit ?? DefaultPage),
            cancellationToken);
    }

    private static Task<IResult> GetAsync(string id, HttpRequest http, AnthropicAccount account, Agenda agenda) =>
        WithAsync(id, account, agenda, (batch, now) => Show(batch, account, http, now));

    private static Task<IResult> CancelAsync(string id, HttpRequest http, AnthropicAccount account, MessageBatchLife life, Agenda agenda) =>
        WithAsync(id, account, agenda, (batch, now) => life.Cancel(batch, now)
            ? Show(batch, account, http, now)
            : AnthropicError.Invalid($"Batch {id} cannot be canceled because it has already ended."));

    private static Task<IResult> DeleteAsync(string id, AnthropicAccount account, Agenda agenda) =>
        WithAsync(id, account, agenda, (batch, _) =>
        {
            if (batch.Status != ProcessingStatus.Ended)
            {
                return AnthropicError.Invalid($"Batch {id} cannot be deleted while it is being processed; cancel it first.");
            }
            account.Delete(batch);
            return JsonAnswer.Ok(new { id, type = "message_batch_deleted" });
        });

    private static Task<IResult> ResultsAsync(string id, AnthropicAccount account, Agenda agenda) =>
        WithAsync(id, account, agenda, (batch, now) =>
        {
            if (batch.EndedAt is not { } ended)
            {
                return AnthropicError.NotFound($"Batch {id} has no results yet: it is still being processed.");
            }
            if (batch.ArchivedAt(now) is not null)
            {
                return AnthropicError.NotFound($"The results of batch {id} are no longer available.");
            }
            return ended.AddSeconds(account.Settings.NotFoundAfterEnd) <= now ? new ResultsAnswer(batch.ResultsPath, account.Settings.ResultsContentType) : NotFound(id);
        });

    private static Task<IResult> WithAsync(string id, AnthropicAccount account, Agenda agenda, Func<MessageBatch, DateTimeOffset, IResult> answer) =>
        agenda.PresentAsync(now => account.Find(id, now) is { } batch ? answer(batch, now) : NotFound(id), CancellationToken.None);

    private static AnthropicError NotFound(string id) => AnthropicError.NotFound($"Message batch not found: {id}");

    private static IResult Show(MessageBatch batch, AnthropicAccount account, HttpRequest http, DateTimeOffset now) =>
        JsonAnswer.Ok(MessageBatchWire.Of(batch, MessageBatchWire.BaseUrl(http, account.Settings), now));
}
