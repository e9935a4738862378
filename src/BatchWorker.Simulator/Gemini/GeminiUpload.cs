using System.Security.Cryptography;

namespace BatchWorker.Simulator.Gemini;

/// <summary>A resumable upload: what arrived stays, whatever becomes of the call that brought it. One call at a time.</summary>
internal sealed class GeminiUpload(UploadTicket ticket, string path, long maxBytes) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SemaphoreSlim _turn = new(1, 1);

    public UploadTicket Ticket => ticket;

    /// <summary>Bytes that arrived.</summary>
    public long Received { get; private set; }

    /// <summary>It has more bytes than a file may have.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Null until finalized.</summary>
    public GeminiFile? File { get; set; }

    public bool IsCancelled { get; private set; }

    /// <summary>Waits for the call before: a caller who comes back may be faster than the end of a connection.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        return new Turn(_turn);
    }

    // What is too much is read to its end all the same: a caller in the middle of sending would not see the answer
    public async Task AppendAsync(Stream body, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var buffer = new byte[128 * 1024];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            IsTooLarge |= Received + read > maxBytes;
            if (!IsTooLarge)
            {
                file.Write(buffer, 0, read);
                _hash.AppendData(buffer, 0, read);
                Received += read;
            }
        }
    }

    /// <param name="name">The name of the file.</param>
    /// <param name="now">The time of its creation.</param>
    public GeminiFile Finish(string name, DateTimeOffset now)
    {
        // An upload without a single byte has no bytes on disk yet
        using var file = new FileStream(path, FileMode.OpenOrCreate);
        return new GeminiFile
        {
            Name = name,
            Path = path,
            DisplayName = ticket.DisplayName,
            MimeType = ticket.MimeType,
            Bytes = Received,
            Sha256 = _hash.GetCurrentHash(),
            CreatedAt = now,
            ExpiresAt = now + GeminiFileStore.UploadsKept,
        };
    }

    public void Cancel()
    {
        IsCancelled = true;
        System.IO.File.Delete(path);
    }

    public void Dispose()
    {
        if (File is null)
        {
            System.IO.File.Delete(path);
        }
        _hash.Dispose();
        _turn.Dispose();
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
