using BatchWorker.Lifecycle;

namespace BatchWorker.Results;

/// <summary>What a batch says about one of its jobs, before it is known what becomes of the job.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Error">Why it did not succeed.</param>
/// <param name="Body">The answer; empty when there is none.</param>
/// <param name="Usage">Tokens that the provider reports.</param>
internal sealed record Verdict(Outcome Outcome, JobError? Error, ReadOnlyMemory<byte> Body, Usage Usage)
{
    /// <summary>The provider ran it or should have: an attempt counts.</summary>
    public bool Counted { get; init; } = true;

    /// <summary>Whatever the attempts: it is sent again, since it was not run.</summary>
    public Return Return { get; init; }

    public static Verdict Without(Outcome outcome, string code, string message, bool retryable) =>
        new(outcome, new JobError(code, message, retryable), default, default);
}

/// <summary>How a job that was not run goes back to the queue.</summary>
internal enum Return
{
    /// <summary>It does not, unless its error may be retried.</summary>
    None,

    /// <summary>At once.</summary>
    AtOnce,

    /// <summary>At once, in smaller company.</summary>
    AtOnceSuspected,

    /// <summary>After the first back-off.</summary>
    WhenThereIsRoom,

    /// <summary>After the first back-off, in smaller company.</summary>
    WhenThereIsRoomSuspected,
}
