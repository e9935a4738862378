namespace BatchWorker.Simulator.Gemini;

/// <summary>Where a batch stands. A batch that is being cancelled says nothing of it.</summary>
internal enum GeminiState
{
    Pending,
    Running,
    Succeeded,
    Failed,
    Cancelled,
    Expired,
}
