using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Results;

/// <summary>What the ending of a batch says about the jobs for which it holds no answer; pure.</summary>
internal static class LeftoverVerdicts
{
    public static Verdict Of(BatchRecord batch)
    {
        var ending = batch.Ending ?? throw new InvalidOperationException($"{batch.Id} is retrieved without an ending.");
        return ending.Leftover switch
        {
            Leftover.Missing => Verdict.Without(Outcome.Missing, "result_missing", "The provider's files hold no answer to this request.", retryable: true),
            Leftover.Expired => Verdict.Without(Outcome.Expired, "batch_expired", "The provider's window closed before this request was answered.", retryable: true) with { Counted = batch.HasBegun },
            Leftover.Cancelled => Verdict.Without(Outcome.Cancelled, "batch_cancelled", "The batch was cancelled before this request was answered.", retryable: false) with { Counted = batch.HasBegun },
            Leftover.Refused => Failed(batch, retryable: false),
            Leftover.BrokeDown => Failed(batch, retryable: true) with { Counted = true },
            Leftover.Released => Failed(batch, retryable: true) with { Return = Return.AtOnce },
            Leftover.Suspected => Failed(batch, retryable: true) with { Return = Return.AtOnceSuspected },
            Leftover.NoRoom => Failed(batch, retryable: true) with { Return = Return.WhenThereIsRoom },
            Leftover.NoRoomSuspected => Failed(batch, retryable: true) with { Return = Return.WhenThereIsRoomSuspected },
            _ => throw new InvalidOperationException($"{ending.Leftover} is not known."),
        };
    }

    private static Verdict Failed(BatchRecord batch, bool retryable) => Verdict.Without(
        Outcome.Failed,
        (batch.Ending?.Error ?? batch.Error)?.Code ?? "batch_failed",
        (batch.Ending?.Error ?? batch.Error)?.Message ?? "The provider refused the batch.",
        retryable) with
    { Counted = false };
}
