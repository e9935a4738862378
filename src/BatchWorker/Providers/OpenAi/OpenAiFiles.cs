using System.Net.Http.Headers;
using System.Text.Json;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>The input files of batches.</summary>
internal sealed class OpenAiFiles(ProviderHttp http, TimeSpan timeout)
{
    private const int PageSize = 1_000;
    private const int MostPages = 20;

    /// <summary>Streams the file from disk, once. An upload costs nothing, but copies would pile up: the caller looks for it before another try.</summary>
    public async Task<Answer<string>> UploadAsync(SpooledFile file, CancellationToken cancellationToken)
    {
        await using var stream = SpoolStream.Open(file);
        using var form = Form(file, stream);
        var answer = await http.SendOnceAsync("files", form, timeout, cancellationToken);
        if (answer.Value is not { } accepted)
        {
            return answer.Failure!;
        }
        return accepted.ReadObject() is { } stored && stored.Text("id") is { } id && stored.Count("bytes") == file.Bytes
            ? id
            : http.Failures.Unreadable("The upload was not confirmed with an id and its length.");
    }

    /// <summary>Looks through the newest 20,000 files; files of batches live 30 days.</summary>
    public async Task<Answer<string>> FindAsync(SpooledFile file, CancellationToken cancellationToken)
    {
        var list = new CursorList(http, "files?purpose=batch&order=desc", OpenAiSearch.Cursor, PageSize);
        for (var page = 0; page < MostPages && !list.IsAtEnd; page++)
        {
            var answer = await list.NextAsync(cancellationToken);
            if (answer.Value is not { } files)
            {
                return answer.Failure!;
            }
            if (files.FirstOrDefault(candidate => IsCopy(candidate, file)) is { ValueKind: JsonValueKind.Object } found && found.Text("id") is { } id)
            {
                return id;
            }
        }
        return "";
    }

    /// <summary>Deletes a file; one that is not there is deleted.</summary>
    public async Task<ProviderFailure?> DeleteAsync(string id, CancellationToken cancellationToken) =>
        (await http.ReadAsync(HttpMethod.Delete, "files/" + Uri.EscapeDataString(id), cancellationToken)).Failure is { Kind: not FailureKind.NotFound } failure ? failure : null;

    private static bool IsCopy(JsonElement candidate, SpooledFile file) =>
        candidate.Text("filename") == file.Name
        && candidate.Count("bytes") == file.Bytes
        && candidate.Text("status") is not "error";

    private static MultipartFormDataContent Form(SpooledFile file, FileStream stream)
    {
        var boundary = "bw-" + file.Sha256; // no file holds its own hash
        var form = new MultipartFormDataContent(boundary);
        form.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={boundary}");
        form.Add(Part(new StringContent("batch"), "purpose", null));
        form.Add(Part(new StreamContent(stream), "file", file.Name));
        return form;
    }

    private static HttpContent Part(HttpContent content, string name, string? fileName)
    {
        content.Headers.ContentType = fileName is null ? null : new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = $"\"{name}\"" };
        if (fileName is not null)
        {
            content.Headers.ContentDisposition.FileName = $"\"{fileName}\"";
        }
        return content;
    }
}
