namespace BatchWorker.Control;

/// <summary>The disk of <c>BATCH_DATA_DIR</c>. Inputs are spooled and create calls written down there: when it is full, nothing is submitted.</summary>
/// <param name="freeBytes">Bytes that are free on it; may throw <see cref="IOException"/> when it is gone.</param>
internal sealed class DataDisk(Func<long> freeBytes)
{
    /// <summary>Free bytes below which it runs low: less than the input of one batch.</summary>
    public const long Least = 256L << 20;

    /// <summary>What is wrong with it; null for nothing.</summary>
    public string? Look()
    {
        try
        {
            return freeBytes() < Least ? "disk_low: less than 256 MiB are free for BATCH_DATA_DIR; without room nothing is submitted." : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "disk_unavailable: BATCH_DATA_DIR can not be looked at; without it nothing is submitted.";
        }
    }
}
