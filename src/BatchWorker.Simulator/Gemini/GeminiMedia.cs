namespace BatchWorker.Simulator.Gemini;

/// <summary>A picture, a sound or a video in a prompt.</summary>
/// <param name="Uri">Where it is; null when it is inside the request.</param>
/// <param name="MimeType">What it is; null when the request does not say.</param>
internal sealed record GeminiMedia(string? Uri, string? MimeType)
{
    /// <summary>What a picture costs (Gemini token guide). How long a video is, nobody knows here: each costs as much as one frame.</summary>
    public const int Tokens = 258;

    private const string Files = "/v1beta/files/";

    /// <summary>A public video, which needs no upload.</summary>
    public bool IsYouTube => System.Uri.TryCreate(Uri, UriKind.Absolute, out var uri) && uri.Host is "youtube.com" or "www.youtube.com" or "m.youtube.com" or "youtu.be";

    /// <summary>The id in the URI of an uploaded file; null for any other URI.</summary>
    public string? FileId => Uri switch
    {
        { } uri when uri.StartsWith(GeminiFile.Prefix, StringComparison.Ordinal) => uri[GeminiFile.Prefix.Length..],
        { } uri when uri.IndexOf(Files, StringComparison.Ordinal) is >= 0 and var at => uri[(at + Files.Length)..],
        _ => null,
    };

    /// <summary>The name of its kind in <c>promptTokensDetails</c>.</summary>
    public string Modality => MimeType?.Split('/')[0] switch
    {
        "image" => "IMAGE",
        "audio" => "AUDIO",
        "application" or "text" => "DOCUMENT",
        _ => "VIDEO",
    };
}
