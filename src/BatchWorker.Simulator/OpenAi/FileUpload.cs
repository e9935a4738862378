using System.Globalization;
using BatchWorker.Simulator.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>Reads a multipart upload, its file part straight to disk; the bytes are gone with it unless released.</summary>
internal sealed class FileUpload(string path, long maxBytes) : IDisposable
{
    private const long MinKeptSeconds = 3_600;
    private const long MaxKeptSeconds = 2_592_000;
    private readonly Dictionary<string, string> _fields = [];
    private bool _released;

    public string? FileName { get; private set; }

    public bool IsTooLarge { get; private set; }

    public string? Purpose => _fields.GetValueOrDefault("purpose");

    /// <summary>Null when the caller does not say.</summary>
    public TimeSpan? Kept => _fields.TryGetValue("expires_after[seconds]", out var text) ? TimeSpan.FromSeconds(long.Parse(text, CultureInfo.InvariantCulture)) : null;

    /// <summary>False when the caller names an anchor or a time that does not exist.</summary>
    public bool HasValidExpiry =>
        _fields.GetValueOrDefault("expires_after[anchor]", "created_at") == "created_at"
        && (!_fields.TryGetValue("expires_after[seconds]", out var text)
            || (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= MinKeptSeconds and <= MaxKeptSeconds));

    /// <summary>False when the request is no multipart form.</summary>
    public async Task<bool> ReadAsync(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
        {
            return false;
        }
        var reader = new MultipartReader(boundary, request.Body);
        while (await reader.ReadNextSectionAsync(request.HttpContext.RequestAborted) is { } section)
        {
            await ReadAsync(section, request.HttpContext.RequestAborted);
        }
        return true;
    }

    /// <summary>Leaves the bytes to the caller.</summary>
    /// <returns>Where they are.</returns>
    public string Release()
    {
        _released = true;
        return path;
    }

    public void Dispose()
    {
        if (!_released)
        {
            File.Delete(path);
        }
    }

    private async Task ReadAsync(MultipartSection section, CancellationToken cancellationToken)
    {
        if (section.GetContentDispositionHeader() is not { } disposition)
        {
            return;
        }
        var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
        if (name == "file")
        {
            FileName = HeaderUtilities.RemoveQuotes(disposition.FileName.HasValue ? disposition.FileName : disposition.FileNameStar).Value ?? "upload";
            IsTooLarge |= !await BodyFile.SaveAsync(section.Body, path, maxBytes, cancellationToken);
        }
        else
        {
            _fields[name] = await section.ReadAsStringAsync(cancellationToken);
        }
    }
}
