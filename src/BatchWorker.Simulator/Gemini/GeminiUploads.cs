using System.Collections.Concurrent;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Gemini;

/// <summary>The uploads by the id in their URL. An id is all that a call needs: it is a credential of its own.</summary>
internal sealed class GeminiUploads(GeminiFileStore files, IdSequence ids) : IDisposable
{
    private readonly ConcurrentDictionary<string, GeminiUpload> _uploads = [];

    /// <returns>The id.</returns>
    public string Start(UploadTicket ticket, long maxBytes)
    {
        var id = ids.Next("AF");
        _uploads[id] = new GeminiUpload(ticket, files.NewPath(), maxBytes);
        return id;
    }

    public GeminiUpload? Find(string id) => _uploads.GetValueOrDefault(id);

    public void Clear()
    {
        Dispose();
        _uploads.Clear();
    }

    public void Dispose()
    {
        foreach (var upload in _uploads.Values)
        {
            upload.Dispose();
        }
    }
}
