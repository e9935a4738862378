using System.Globalization;
using System.Text.Json;

namespace BatchWorker.Simulator.Gemini;

/// <summary><c>/upload/v1beta/files</c>: Google's resumable protocol. The first call gets a URL, the others go there with bytes.</summary>
internal static class UploadEndpoints
{
    /// <summary>Where uploads start and go on.</summary>
    public const string Path = "/upload/v1beta/files";

    /// <summary>The query parameter of an upload's URL.</summary>
    public const string UploadId = "upload_id";

    private const string Protocol = "X-Goog-Upload-Protocol";
    private const string Command = "X-Goog-Upload-Command";
    private const string Offset = "X-Goog-Upload-Offset";
    private const string Status = "X-Goog-Upload-Status";
    private const string SizeReceived = "X-Goog-Upload-Size-Received";

    // A client may cut its chunks to multiples of it; whether the real one insists is not known, this one does not
    private const string Granularity = "262144";

    public static void MapUploads(this IEndpointRouteBuilder routes) => routes.MapPost(Path, UploadAsync);

    private static Task<IResult> UploadAsync(HttpContext http, GeminiAccount account) =>
        http.Request.Query.TryGetValue(UploadId, out var id) ? ContinueAsync(id.ToString(), http, account) : StartAsync(http, account);

    private static async Task<IResult> StartAsync(HttpContext http, GeminiAccount account)
    {
        if (http.Request.Headers[Protocol] != "resumable" || !Commands(http).SequenceEqual(["start"]))
        {
            return GeminiError.Invalid($"Only the resumable protocol is simulated: {Protocol}: resumable, {Command}: start.");
        }
        var (isJson, body) = await ReadAsync(http.Request);
        if (!isJson)
        {
            return GeminiError.Invalid("Invalid JSON payload received.");
        }
        var (ticket, refusal) = UploadTicket.Read(http.Request.Headers, body);
        return refusal ?? Refuse(ticket!, account) ?? Started(http, account, ticket!);
    }

    private static IResult? Refuse(UploadTicket ticket, GeminiAccount account)
    {
        if (ticket.Bytes > account.Settings.MaxFileBytes)
        {
            return TooLarge(account);
        }
        if (account.Files.TotalBytes + (ticket.Bytes ?? 0) > account.Settings.MaxStorageBytes)
        {
            return GeminiError.QuotaExhausted(account.Settings.RetryDelay);
        }
        return ticket.Name is { } name && account.Files.Find(name) is not null ? Exists() : null;
    }

    private static IResult Started(HttpContext http, GeminiAccount account, UploadTicket ticket)
    {
        var id = account.Uploads.Start(ticket, account.Settings.MaxFileBytes);
        var headers = http.Response.Headers;
        headers["X-Goog-Upload-URL"] = $"{GeminiEndpoints.Origin(http.Request)}{Path}?{UploadId}={id}&upload_protocol=resumable";
        headers["X-Goog-Upload-Chunk-Granularity"] = Granularity;
        headers[Status] = "active";
        return TypedResults.Ok();
    }

    private static async Task<IResult> ContinueAsync(string id, HttpContext http, GeminiAccount account)
    {
        if (account.Uploads.Find(id) is not { } upload)
        {
            return GeminiError.NotFound();
        }
        using var turn = await upload.EnterAsync(http.RequestAborted);
        var commands = Commands(http);
        var answer = await ObeyAsync(commands, upload, http, account);
        if (!account.Settings.OmitUploadStatus || !commands.Contains("upload"))
        {
            http.Response.Headers[Status] = upload switch { { IsCancelled: true } => "cancelled", { File: not null } => "final", _ => "active" };
        }
        http.Response.Headers[SizeReceived] = upload.Received.ToString(CultureInfo.InvariantCulture);
        return answer;
    }

    private static async Task<IResult> ObeyAsync(string[] commands, GeminiUpload upload, HttpContext http, GeminiAccount account)
    {
        switch (commands)
        {
            case ["query"]:
                return TypedResults.Ok();
            case ["cancel"] when upload.File is null:
                upload.Cancel();
                return TypedResults.Ok();
            case ["upload"] or ["finalize"] or ["upload", "finalize"] when !upload.IsCancelled:
                // Whoever finalizes again has lost the answer
                return upload.File is { } file
                    ? GeminiJson.Ok(new { file = account.Wire(file, http.Request) })
                    : await AppendAsync(commands, upload, http) ?? (commands.Contains("finalize") ? Finish(upload, http, account) : TypedResults.Ok());
            default:
                return GeminiError.Invalid($"Invalid {Command}: {string.Join(", ", commands)}.");
        }
    }

    private static async Task<IResult?> AppendAsync(string[] commands, GeminiUpload upload, HttpContext http)
    {
        if (!commands.Contains("upload"))
        {
            return null;
        }
        if (!long.TryParse(http.Request.Headers[Offset], NumberStyles.None, CultureInfo.InvariantCulture, out var offset) || offset != upload.Received)
        {
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            return GeminiError.Invalid($"Invalid {Offset}: {upload.Received} bytes have been received.");
        }
        await upload.AppendAsync(http.Request.Body, http.RequestAborted);
        return null;
    }

    private static IResult Finish(GeminiUpload upload, HttpContext http, GeminiAccount account)
    {
        if (upload.IsTooLarge)
        {
            return TooLarge(account);
        }
        if (upload.Ticket.Bytes is { } announced && announced != upload.Received)
        {
            return GeminiError.Invalid($"Upload has {upload.Received} bytes, {announced} were announced.");
        }
        var file = upload.Finish(upload.Ticket.Name ?? account.Files.NewName(), account.Now);
        if (!account.Files.Add(file))
        {
            return Exists();
        }
        upload.File = file;
        return GeminiJson.Ok(new { file = account.Wire(file, http.Request) });
    }

    // The status for a name that is taken is not confirmed; it is the one of Google's API design guide
    private static IResult Exists() => GeminiError.Answer(RpcCode.AlreadyExists, "Requested entity already exists.");

    private static IResult TooLarge(GeminiAccount account) => GeminiError.Invalid($"File size exceeds the limit of {account.Settings.MaxFileBytes} bytes.");

    private static string[] Commands(HttpContext http) =>
        http.Request.Headers[Command].ToString().ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The body may be empty: a file needs neither a name nor a title.</summary>
    private static async Task<(bool IsJson, JsonElement? Body)> ReadAsync(HttpRequest request)
    {
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes, request.HttpContext.RequestAborted);
        if (bytes.Length == 0)
        {
            return (true, null);
        }
        try
        {
            return (true, JsonElement.Parse(bytes.ToArray()));
        }
        catch (JsonException)
        {
            return (false, null);
        }
    }
}
