using System.Net.Http.Headers;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>The Files API, as far as batches need it (<c>/v1/files</c>).</summary>
internal sealed class OpenAiFiles(IHttpClientFactory clients, TimeProvider time)
{
    private const int PageSize = 1000;
    private const int MostPages = 20;

    /// <summary>Sends the file once; an upload that fails may have arrived and is found by its name.</summary>
    public async Task<Answer<string>> UploadAsync(SpooledFile file, CancellationToken cancellationToken)
    {
        await using var content = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        using var form = new MultipartFormDataContent { { Quoted(new StringContent("batch"), "purpose", null) }, { Quoted(new StreamContent(content), "file", file.Name) } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "files") { Content = form };
        return await Client(ProviderClients.Uploads(OpenAiServices.ClientName)).AskAsync(request, answer => answer.TextOf("id"), time, cancellationToken);
    }

    /// <summary>A finished upload of this name and length; an empty string when there is none among the newest.</summary>
    public async Task<Answer<string>> FindAsync(SpooledFile file, CancellationToken cancellationToken)
    {
        var after = "";
        for (var i = 0; i < MostPages; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"files?purpose=batch&order=desc&limit={PageSize}{after}");
            var page = await Client(ProviderClients.Reads(OpenAiServices.ClientName)).AskAsync(request, FilePage.Read, time, cancellationToken);
            if (page.Failure is { } failure)
            {
                return failure;
            }
            if (page.Value!.Files.FirstOrDefault(known => known.Name == file.Name && known.Bytes == file.Bytes) is { } found)
            {
                return found.Id;
            }
            if (!page.Value.HasMore || page.Value.Files.Count == 0)
            {
                break;
            }
            after = "&after=" + Uri.EscapeDataString(page.Value.Files[^1].Id);
        }
        return "";
    }

    private HttpClient Client(string name) => clients.CreateClient(name);

    private static HttpContent Quoted(HttpContent content, string name, string? fileName)
    {
        content.Headers.ContentType = fileName is null ? null : new MediaTypeHeaderValue("application/jsonl");
        content.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data")
        {
            Name = $"\"{name}\"",
            FileName = fileName is null ? null : $"\"{fileName}\"",
        };
        return content;
    }
}
