namespace BatchWorker.Providers.Http;

/// <summary>Reads a spooled input from the disk, piece by piece.</summary>
internal static class SpoolStream
{
    /// <summary>Throws for a file that is not as long as was written down: it must not be sent.</summary>
    public static FileStream Open(SpooledFile file)
    {
        var stream = new FileStream(file.Path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
        if (stream.Length == file.Bytes)
        {
            return stream;
        }
        stream.Dispose();
        throw new InvalidDataException($"{file.Name} holds another number of bytes than was written down.");
    }
}
