namespace BatchWorker.Lifecycle;

/// <summary>Where a batch is. The numbers are stored: never renumber.</summary>
internal enum BatchState : byte
{
    /// <summary>Jobs are being claimed into its manifest.</summary>
    Preparing = 1,

    /// <summary>Sealed; being spooled, uploaded and created.</summary>
    Submitting = 2,

    /// <summary>The outcome of the create call is unknown; reconciled by listing, never sent again before.</summary>
    InDoubt = 3,

    /// <summary>The provider acknowledged it.</summary>
    Submitted = 4,

    InProgress = 5,

    /// <summary>The provider is done; answers are being stored and settled.</summary>
    Retrieving = 6,

    Completed = 7,
    Failed = 8,
    Expired = 9,
    Cancelled = 10,
}
