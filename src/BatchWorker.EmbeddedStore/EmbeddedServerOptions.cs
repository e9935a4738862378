namespace BatchWorker.EmbeddedStore;

/// <summary>How the embedded store is kept.</summary>
/// <param name="Directory">Where its logs and checkpoints are; belongs to one process at a time.</param>
/// <param name="MemoryBytes">How much of its data is held in memory before it spills to the disk, in bytes.</param>
public sealed record EmbeddedServerOptions(string Directory, long MemoryBytes)
{
    /// <summary>The least memory that it works with.</summary>
    public const long LeastMemory = 16 << 20;
}
