using System.Text.Json;
using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>The body of a create call, on the disk from its first byte on; the bytes are gone with this.</summary>
internal sealed class CreateBody(string path) : IDisposable
{
    private const string NoJson = "The request body is not valid JSON.";

    /// <summary>False when it is too large.</summary>
    public Task<bool> SaveAsync(HttpRequest request, long maxBytes) => BodyFile.SaveAsync(request.Body, path, maxBytes, request.HttpContext.RequestAborted);

    /// <summary>The requests in it, or the first thing that is wrong.</summary>
    public (Envelope? Envelope, string? Refusal) Read(int maxRequests, string version)
    {
        try
        {
            var scan = Scan(maxRequests);
            return scan.Refusal is { } refusal ? (null, refusal) : Check(scan, version);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the second: a string that is no Unicode text
        {
            return (null, NoJson);
        }
    }

    public void Dispose() => File.Delete(path);

    private EnvelopeScan Scan(int maxRequests)
    {
        var scan = new EnvelopeScan(maxRequests);
        using var stream = File.OpenRead(path);
        scan.Run(stream);
        return scan;
    }

    private (Envelope? Envelope, string? Refusal) Check(EnvelopeScan scan, string version)
    {
        var check = new EnvelopeCheck(version);
        using var file = new ItemFile(path);
        for (var index = 0; index < scan.Places.Count; index++)
        {
            if (check.Refuse(index, file.Bytes(scan.Places[index])) is { } refusal)
            {
                return (null, refusal);
            }
        }
        return (new Envelope(path, scan.Places, version, check.Tokens, check.Model), null);
    }
}
