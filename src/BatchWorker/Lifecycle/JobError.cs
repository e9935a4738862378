namespace BatchWorker.Lifecycle;

/// <summary>Why a job or one of its attempts did not succeed.</summary>
/// <param name="Code">A stable word, the provider's own where it gave one.</param>
/// <param name="Message">The provider's text, for people.</param>
/// <param name="Retryable">Whether another attempt may succeed.</param>
internal sealed record JobError(string Code, string Message, bool Retryable);
