namespace BatchWorker.Simulator.Http;

/// <summary>Writes a body straight to the disk.</summary>
internal static class BodyFile
{
    private const int BufferSize = 128 * 1024;

    /// <summary>False when it is too large. It is read to its end all the same: a caller in the middle of sending would not see the answer.</summary>
    public static async Task<bool> SaveAsync(Stream body, string path, long maxBytes, CancellationToken cancellationToken)
    {
        await using var file = File.Create(path);
        var buffer = new byte[BufferSize];
        var isTooLarge = false;
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            isTooLarge |= file.Length + read > maxBytes;
            if (!isTooLarge)
            {
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        return !isTooLarge;
    }
}
