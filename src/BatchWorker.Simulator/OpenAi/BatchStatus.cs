namespace BatchWorker.Simulator.OpenAi;

/// <summary>A batch's status; the wire word is the name in snake_case.</summary>
internal enum BatchStatus
{
    Validating,
    Failed,
    InProgress,
    Finalizing,
    Completed,
    Expired,
    Cancelling,
    Cancelled,
}
