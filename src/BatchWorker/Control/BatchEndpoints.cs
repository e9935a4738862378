using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary><c>/batch/batches</c> and <c>/batch/status</c>.</summary>
internal static class BatchEndpoints
{
    public static void MapBatches(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/batch/batches", ListAsync).WithSummary("Batches, newest first").Takes(Scope.Read).GivesList<ListAnswer<BatchAnswer>>()
            .Asks("active", "true: batches that have not ended; false: the others.").Asks("provider", "Comma list of openai, anthropic, gemini.")
            .Asks("status", "Comma list of preparing, submitting, in_doubt, submitted, in_progress, retrieving, completed, failed, expired, cancelled.");
        routes.MapGet("/batch/status/{batch_id}", FindAsync).WithSummary("One batch").Takes(Scope.Read).Gives<BatchAnswer>(200).Refuses(404);
        routes.MapPost("/batch/batches/{batch_id}/cancel", CancelAsync).WithSummary("Cancels a batch; what is answered already is kept").Takes(Scope.Operate).Gives<BatchAnswer>(200).Refuses(404, 409);
        routes.MapPost("/batch/batches/{batch_id}/resolve", ResolveAsync).WithSummary("Settles a batch in doubt by an operator's word").Takes(Scope.Operate).TakesBody<ResolveRequest>().Gives<BatchAnswer>(200).Refuses(404, 409);
    }

    private static Task<IResult> ListAsync(HttpContext context, BatchLists batches, BatchPresenter presenter)
    {
        if (!QueryFilters.TryReadBatches(context.Request.Query, out var filter, out var error))
        {
            return Task.FromResult<IResult>(Problem.Invalid(error));
        }
        return Listing.AnswerAsync(context, "batches", ReadAsync, ControlJson.Relaxed.ListAnswerBatchAnswer, ControlJson.Relaxed.BatchAnswer);

        async Task<Page<BatchAnswer>> ReadAsync(long below, int limit)
        {
            var (found, next) = await batches.PageAsync(filter, below, limit);
            return new Page<BatchAnswer>([.. found.Select(batch => presenter.Show(batch))], next);
        }
    }

    private static async Task<IResult> FindAsync(string batch_id, BatchLedger batches, BatchPresenter presenter) =>
        await batches.FindAsync(batch_id) is { } batch ? Show(batch, presenter) : Problem.NotFound("batch");

    private static async Task<IResult> CancelAsync(string batch_id, BatchLedger batches, BatchWishes wishes, BatchPresenter presenter)
    {
        for (; ; )
        {
            if (await batches.FindAsync(batch_id) is not { } batch)
            {
                return Problem.NotFound("batch");
            }
            if (batch.State == BatchState.InDoubt)
            {
                return Problem.Conflict("in_doubt", "It is not known whether the provider has this batch; resolve it first.");
            }
            if (batch.State == BatchState.Retrieving || batch.State.HasEnded())
            {
                return Problem.Conflict("ended", $"The batch is {batch.State.Wire()}.");
            }
            if (await wishes.CancelAsync(batch))
            {
                return Show((await batches.FindAsync(batch_id))!, presenter);
            }
        }
    }

    private static async Task<IResult> ResolveAsync(HttpContext context, string batch_id, BatchLedger batches, BatchWishes wishes, AccountClaims claims, IProviderDesk providers, BatchPresenter presenter)
    {
        var (word, refusal) = await ResolveBody.ReadAsync(context.Request);
        if (refusal is not null)
        {
            return refusal;
        }
        if (await batches.FindAsync(batch_id) is not { } batch)
        {
            return Problem.NotFound("batch");
        }
        if (batch.State != BatchState.InDoubt)
        {
            return Problem.Conflict("not_in_doubt", $"The batch is {batch.State.Wire()}.");
        }
        if (word!.Length > 0 && await providers.KnowsAsync(batch.Record.Lane.Provider, word, context.RequestAborted) is var knows && knows != true)
        {
            return knows is null
                ? new Problem(StatusCodes.Status503ServiceUnavailable, "provider_unavailable", "The provider can not be asked for this batch now.")
                : Problem.Invalid(new Intake.FieldError("/provider_batch_id", "The provider does not know this batch."));
        }
        if (word.Length > 0 && await claims.IsBoundElsewhereAsync(batch.Record.Account!, word, batch.Number))
        {
            return Problem.Invalid(new Intake.FieldError("/provider_batch_id", "Another batch of this ledger is this one."));
        }
        return await wishes.ResolveAsync(batch, word)
            ? Show(batch, presenter)
            : Problem.Conflict("not_in_doubt", "The batch is not in doubt any more.");
    }

    private static IResult Show(OwnedBatch batch, BatchPresenter presenter) => TypedResults.Json(presenter.Show(batch), ControlJson.Relaxed.BatchAnswer);
}
