using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>Confirms or takes back an adoption by time and count, once the provider's batch has ended and before anything of it is used.</summary>
internal sealed class Guesses(BatchLedger batches, Doubts doubts, AccountClaims claims, ResultCheck check, PollFailures failures, PollingOptions options, TimeProvider time, ILogger<Guesses> logger)
{
    /// <summary>Tries after which results that the provider does not have count as lost.</summary>
    private const int GoneAfter = 5;

    /// <summary>The batch when it is certain that the provider's is its own; null when it must be looked at again, or is in doubt again.</summary>
    public async Task<OwnedBatch?> ConfirmAsync(OwnedBatch batch, IBatchProvider provider, ProviderBatch ended, CancellationToken cancellationToken)
    {
        var (origin, failure) = await check.OfAsync(batch, provider, ended, cancellationToken);
        if (failure is not null && !IsLost(batch, provider, failure))
        {
            await failures.HandleAsync(batch, provider, failure, cancelling: false);
            return null;
        }
        if (origin == Origin.Ours)
        {
            return batch with { Record = batch.Record with { Guess = null } };
        }
        await UnbindAsync(batch, origin == Origin.Unread ? Origin.Unclear : origin);
        return null;
    }

    /// <summary>
    /// A batch that was taken for ours and that the provider does not know any more will never tell: it is in doubt again, where an operator may decide.
    /// False when it may still turn up, or when there is nothing to confirm.
    /// </summary>
    public async Task<bool> GiveBackAsync(OwnedBatch batch, IBatchProvider provider, ProviderFailure failure)
    {
        if (batch.Record.Guess is null || !IsLost(batch, provider, failure))
        {
            return false;
        }
        await UnbindAsync(batch, Origin.Unclear);
        return true;
    }

    private bool IsLost(OwnedBatch batch, IBatchProvider provider, ProviderFailure failure) =>
        failure.Kind == FailureKind.NotFound
        && batch.Record.Failures >= GoneAfter
        && time.GetUtcNow() >= (batch.Record.ProgressAt ?? batch.Record.SubmittedAt) + provider.Propagation;

    /// <summary>Doubt needs the lane of the account: while another create call has no known outcome, this one waits.</summary>
    private async Task UnbindAsync(OwnedBatch batch, Origin origin)
    {
        var (id, guess) = (batch.Record.ProviderBatchId!, batch.Record.Guess!);
        if (!await claims.IsLaneFreeAsync(guess.Account, batch.Number))
        {
            await batches.PostponeAsync(batch.Number, BatchWork.Poll, time.GetUtcNow() + options.CheckInterval);
        }
        else if (await doubts.UnbindAsync(batch, Candidates.Note(guess, id, origin)) is not null)
        {
            Log.Unbound(logger, batch.Record.Id, id, origin);
        }
    }
}
