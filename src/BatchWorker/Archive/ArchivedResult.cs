using BatchWorker.Lifecycle;

namespace BatchWorker.Archive;

/// <summary>What is kept of one job in one batch.</summary>
/// <param name="JobSequence">The job's number in the ledger.</param>
/// <param name="Body">The provider's answer as it came; empty when there is none.</param>
/// <param name="Error">Why there is no answer; null when there is one.</param>
internal sealed record ArchivedResult(long JobSequence, ReadOnlyMemory<byte> Body, JobError? Error);

/// <summary>Where a result is: the segment, the frame's offset in it, the result's place in the frame.</summary>
/// <param name="Segment">Number of the segment, from the ledger, below 2^32.</param>
/// <param name="Offset">Bytes from the start of the segment to the frame, below 2^40.</param>
/// <param name="Index">Place in the frame, below 256.</param>
internal readonly record struct ResultAddress(uint Segment, long Offset, ushort Index);
