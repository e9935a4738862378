using System.Net.Http.Headers;
using System.Text.Json;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Gemini;

/// <summary>
/// Brings an input file to the Files API with its resumable protocol, in two calls: start, which answers with an address,
/// and all the bytes to there. An upload costs nothing, but copies would pile up: the caller looks for it before another try.
/// </summary>
internal sealed class GeminiUpload(ProviderHttp http, GeminiFiles files, TimeSpan timeout)
{
    private const string MediaType = "application/jsonl";

    public async Task<Answer<string>> SendAsync(SpooledFile file, CancellationToken cancellationToken)
    {
        await using var stream = SpoolStream.Open(file);
        var started = await StartAsync(file, cancellationToken);
        return started.Value is { } address
            ? await FinishAsync(file, stream, address, cancellationToken)
            : Retryable(started.Failure!, FailureKind.NotFound);
    }

    private async Task<Answer<Uri>> StartAsync(SpooledFile file, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, GeminiPath.Upload) { Content = Description(file) };
        request.Headers.Add("X-Goog-Upload-Protocol", "resumable");
        request.Headers.Add("X-Goog-Upload-Command", "start");
        request.Headers.Add("X-Goog-Upload-Header-Content-Length", $"{file.Bytes}");
        request.Headers.Add("X-Goog-Upload-Header-Content-Type", MediaType);
        var answer = await http.SendOnceAsync(request, timeout, cancellationToken);
        if (answer.Value is not { } accepted)
        {
            return answer.Failure!;
        }
        return Uri.TryCreate(accepted.Header("x-goog-upload-url"), UriKind.Absolute, out var address) && http.IsOwn(address)
            ? address
            : http.Failures.Unreadable("The upload was given no address at the provider's own host.");
    }

    /// <summary><c>x-goog-upload-status</c> is missing at times, so the file that is described in the body is the confirmation.</summary>
    private async Task<Answer<string>> FinishAsync(SpooledFile file, Stream stream, Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StreamContent(stream) };
        request.Headers.Add("X-Goog-Upload-Offset", "0");
        request.Headers.Add("X-Goog-Upload-Command", "upload, finalize");
        request.Content.Headers.ContentLength = file.Bytes;
        var answer = await http.SendOnceAsync(request, timeout, cancellationToken);
        if (answer.Value is not { } accepted)
        {
            return Retryable(answer.Failure!, FailureKind.NotFound, FailureKind.Refused, FailureKind.TooLarge);
        }
        return accepted.ReadObject()?.Object("file") is { } stored && GeminiPath.FileName(stored.Text("name")) is not null && stored.Whole("sizeBytes") == file.Bytes
            ? await files.ReadyAsync(stored, cancellationToken)
            : http.Failures.Unreadable("The upload was not confirmed with a name and its length.");
    }

    /// <summary>A session that was refused says nothing about the jobs inside: another one may go well.</summary>
    private static ProviderFailure Retryable(ProviderFailure failure, params FailureKind[] kinds) =>
        kinds.Contains(failure.Kind) ? failure with { Kind = FailureKind.Unavailable } : failure;

    private static ByteArrayContent Description(SpooledFile file)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["file"] = new Dictionary<string, string> { ["displayName"] = file.Name },
        }));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
