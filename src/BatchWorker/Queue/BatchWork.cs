using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>Which room has to look at a batch next. The numbers are stored: never renumber.</summary>
internal enum BatchWork
{
    /// <summary>Being filled by a drain; looked at only when the drain died.</summary>
    Prepare = 1,
    Submit = 2,
    Poll = 3,
    Retrieve = 4,
}

/// <summary>The state of a batch decides whose work it is.</summary>
internal static class BatchWorkRules
{
    public static BatchWork? WorkOf(BatchState state) => state switch
    {
        BatchState.Preparing => BatchWork.Prepare,
        BatchState.Submitting => BatchWork.Submit,
        BatchState.InDoubt or BatchState.Submitted or BatchState.InProgress => BatchWork.Poll,
        BatchState.Retrieving => BatchWork.Retrieve,
        _ => null,
    };
}
