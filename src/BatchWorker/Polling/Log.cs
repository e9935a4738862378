using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Polling;

/// <summary>What polling says.</summary>
internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Information, "{Batch} is {ProviderBatch} at the provider ({Certainty})")]
    public static partial void Adopted(ILogger logger, string batch, string providerBatch, string certainty);

    [LoggerMessage(301, LogLevel.Warning, "{Batch}: {Listings} listings do not show its create call, it is sent again")]
    public static partial void ProvenAbsent(ILogger logger, string batch, int listings);

    [LoggerMessage(302, LogLevel.Warning, "{Batch}: the listing failed, {Kind} ({Code})")]
    public static partial void ListingFailed(ILogger logger, string batch, FailureKind kind, string code);

    [LoggerMessage(303, LogLevel.Warning, "{Batch}: an operator says {Word}")]
    public static partial void Resolved(ILogger logger, string batch, string word);

    [LoggerMessage(304, LogLevel.Error, "{Batch}: {ProviderBatch} does the same work and is stopped")]
    public static partial void Duplicate(ILogger logger, string batch, string providerBatch);

    [LoggerMessage(305, LogLevel.Error, "{ProviderBatch} could not be stopped, {Kind} ({Code})")]
    public static partial void DuplicateNotStopped(ILogger logger, string providerBatch, FailureKind kind, string code);

    [LoggerMessage(306, LogLevel.Warning, "{Batch}: the poll failed, {Kind} ({Code})")]
    public static partial void PollFailed(ILogger logger, string batch, FailureKind kind, string code);

    [LoggerMessage(307, LogLevel.Warning, "{Provider} is still away, {Kind} ({Code})")]
    public static partial void ProbeFailed(ILogger logger, Provider provider, FailureKind kind, string code);

    [LoggerMessage(309, LogLevel.Warning, "{Batch} stays in doubt: {Reason}")]
    public static partial void Ambiguous(ILogger logger, string batch, string reason);

    [LoggerMessage(310, LogLevel.Error, "{Batch} is not {ProviderBatch} after all ({Origin}) and is in doubt again")]
    public static partial void Unbound(ILogger logger, string batch, string providerBatch, Origin origin);

    [LoggerMessage(311, LogLevel.Warning, "{Batch}: {ProviderBatch} may do the same work; it is not stopped, since others use this account too")]
    public static partial void DuplicateUncertain(ILogger logger, string batch, string providerBatch);

    [LoggerMessage(320, LogLevel.Critical, "The store went back in time: {Detail}. Nothing is submitted until the journals are put back and the providers asked")]
    public static partial void RolledBack(ILogger logger, string detail);

    [LoggerMessage(321, LogLevel.Warning, "The forgotten create call {Name}: {Outcome}")]
    public static partial void PutBack(ILogger logger, string name, Restored outcome);

    [LoggerMessage(322, LogLevel.Warning, "Submission goes on after the store went back in time; {Batches} batches were put back")]
    public static partial void RollbackOver(ILogger logger, int batches);

    [LoggerMessage(312, LogLevel.Error, "{Batch}: {ProviderBatch} had answered {Answers} of its jobs a second time; they were paid twice")]
    public static partial void PaidTwice(ILogger logger, string batch, string providerBatch, int answers);

    [LoggerMessage(313, LogLevel.Error, "{Batch} ({ProviderBatch}) was submitted {SubmittedAt} and is beyond its provider's window; it is cancelled")]
    public static partial void Stuck(ILogger logger, string batch, string providerBatch, DateTimeOffset submittedAt);

    [LoggerMessage(314, LogLevel.Error, "{Batch} ({ProviderBatch}) did not end when it was cancelled and is given up; what it has answered is stored")]
    public static partial void GivenUp(ILogger logger, string batch, string providerBatch);

    [LoggerMessage(315, LogLevel.Error, "{Batch} needs an operator: {Reason}")]
    public static partial void Quarantined(ILogger logger, string batch, string reason);

    [LoggerMessage(308, LogLevel.Information, "{Provider} is back")]
    public static partial void ProviderIsBack(ILogger logger, Provider provider);
}
