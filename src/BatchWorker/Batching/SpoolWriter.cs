using System.Buffers;
using System.Security.Cryptography;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Telemetry;

namespace BatchWorker.Batching;

/// <summary>The input file of a batch.</summary>
/// <param name="File">Where and what it is.</param>
/// <param name="RequestCount">Lines in it.</param>
/// <param name="Unreadable">Places of the batch whose request is gone or damaged; they are not in the file.</param>
internal sealed record SpooledInput(SpooledFile File, int RequestCount, IReadOnlyList<BatchedRequest> Unreadable)
{
    public SpoolFacts Facts => new(File.Name, File.Bytes, File.Sha256, RequestCount);
}

/// <summary>
/// Writes the input file of a sealed batch. The manifest decides the bytes: written again after a crash they are the same,
/// which is why the file needs no fsync.
/// </summary>
internal sealed class SpoolWriter(BatchRequests requests, BatchingOptions options)
{
    private const int FirstBuffer = 1 << 20;

    public async Task<SpooledInput> WriteAsync(OwnedBatch batch, IBatchProvider provider, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var unreadable = new List<BatchedRequest>();
        var lines = new ArrayBufferWriter<byte>(FirstBuffer);
        var path = PathOf(batch);
        var count = 0;
        long bytes = 0;
        await using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            await foreach (var slice in requests.ReadAsync(batch, cancellationToken))
            {
                count += Render(batch, provider, slice, lines, unreadable);
                hash.AppendData(lines.WrittenSpan);
                bytes += lines.WrittenCount;
                file.Write(lines.WrittenSpan); // on Linux an asynchronous write is this one on another thread of the pool
                lines.ResetWrittenCount();
                await Failpoints.HitAsync(Failpoint.F3);
            }
        }
        var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        return new SpooledInput(new SpooledFile(path, $"bw-{batch.Record.Id}-{sha256[..8]}.jsonl", bytes, sha256), count, unreadable);
    }

    /// <summary>The file of a batch that was spooled in full.</summary>
    public SpooledFile FileOf(OwnedBatch batch) =>
        batch.Record.Spool is { } facts
            ? new SpooledFile(PathOf(batch), facts.Name, facts.Bytes, facts.Sha256)
            : throw new InvalidOperationException($"{batch.Record.Id} was not spooled.");

    /// <summary>Removes the file of a batch that does not need it any more.</summary>
    public void Delete(OwnedBatch batch) => File.Delete(PathOf(batch));

    /// <summary>Removes what an earlier process left; a batch that still needs its file gets it again.</summary>
    public void Clear()
    {
        Directory.CreateDirectory(options.SpoolDirectory);
        foreach (var file in Directory.EnumerateFiles(options.SpoolDirectory, "*.jsonl"))
        {
            File.Delete(file);
        }
    }

    /// <summary>Removes the files of batches that are gone or past their create call, the oldest first.</summary>
    public async Task SweepAsync(BatchLedger batches)
    {
        foreach (var file in Directory.EnumerateFiles(options.SpoolDirectory, "*.jsonl").Order())
        {
            var batch = await batches.FindAsync(Path.GetFileNameWithoutExtension(file));
            if (batch?.State is not (BatchState.Preparing or BatchState.Submitting or BatchState.InDoubt))
            {
                File.Delete(file);
            }
        }
    }

    private static int Render(OwnedBatch batch, IBatchProvider provider, IReadOnlyList<BatchedRequest> slice, ArrayBufferWriter<byte> lines, List<BatchedRequest> unreadable)
    {
        var count = 0;
        foreach (var request in slice)
        {
            if (request is { Id: { } id, Data: { } data })
            {
                provider.WriteRequest(lines, batch.Record.Lane, id.ToString(), data.Span);
                count++;
            }
            else
            {
                unreadable.Add(request);
            }
        }
        return count;
    }

    private string PathOf(OwnedBatch batch) => Path.Combine(options.SpoolDirectory, batch.Record.Id + ".jsonl");
}
