using System.Globalization;
using System.Text.Json;

namespace BatchWorker.Simulator.Gemini;

/// <summary>What the start of an upload says about the file.</summary>
/// <param name="Name">The name that the caller wants, <c>files/ID</c>; null for any.</param>
/// <param name="DisplayName">For people.</param>
/// <param name="MimeType">What it is.</param>
/// <param name="Bytes">The announced length; null when it is not announced.</param>
internal sealed record UploadTicket(string? Name, string? DisplayName, string MimeType, long? Bytes)
{
    private const string Length = "X-Goog-Upload-Header-Content-Length";
    private const string Type = "X-Goog-Upload-Header-Content-Type";
    private const int MaxDisplayName = 512;

    /// <summary>The ticket, or why there is none.</summary>
    public static (UploadTicket? Ticket, IResult? Refusal) Read(IHeaderDictionary headers, JsonElement? body)
    {
        var file = body is { } json ? GeminiJson.Member(json, "file") : null;
        var name = Text(file, "name");
        var ticket = new UploadTicket(
            name is null or "" ? null : name.StartsWith(GeminiFile.Prefix, StringComparison.Ordinal) ? name : GeminiFile.Prefix + name,
            Text(file, "displayName", "display_name"),
            Text(file, "mimeType", "mime_type") ?? (headers[Type] is [{ Length: > 0 } type] ? type : "application/octet-stream"),
            long.TryParse(headers[Length], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null);
        var refusal = Refuse(ticket, headers[Length].ToString());
        return refusal is null ? (ticket, null) : (null, refusal);
    }

    private static IResult? Refuse(UploadTicket ticket, string length) => ticket switch
    {
        { Name: { } name } when !GeminiFileStore.IsName(name) => GeminiError.Invalid(
            "* CreateFileRequest.file.name: File ID can contain up to 40 lowercase alphanumeric characters or dashes and cannot start or end with a dash."),
        { DisplayName.Length: > MaxDisplayName } => GeminiError.Invalid($"* CreateFileRequest.file.display_name: must be no more than {MaxDisplayName} characters."),
        { Bytes: null } when length.Length > 0 => GeminiError.Invalid($"Invalid {Length}."),
        _ => null,
    };

    private static string? Text(JsonElement? file, string name, string? otherName = null) => file is { } json ? GeminiJson.Text(json, name, otherName) : null;
}
