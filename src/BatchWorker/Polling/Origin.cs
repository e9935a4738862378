namespace BatchWorker.Polling;

/// <summary>Whose a provider's batch is, as far as its results say.</summary>
internal enum Origin
{
    /// <summary>They can not be read now.</summary>
    Unread,

    /// <summary>Every job in them is in our batch.</summary>
    Ours,

    /// <summary>No job in them is in our batch.</summary>
    Foreign,

    /// <summary>They name nobody, or ours and others: nothing that this program does makes such a batch.</summary>
    Unclear,
}
