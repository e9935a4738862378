using System.Text.Json;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Gemini;

/// <summary>The input files of batches. They live 48 hours.</summary>
internal sealed class GeminiFiles(ProviderHttp http, TimeProvider time)
{
    private const int PageSize = 100;
    private const int MostPages = 1_000;
    private const int MostLooks = 30;

    /// <summary>Between two looks at a file that is being processed.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>A copy that ends sooner is not used: the batch may still have to read it.</summary>
    private static readonly TimeSpan s_leastLife = TimeSpan.FromHours(1);

    /// <summary>Looks for a copy by name and length through 100,000 files, in whatever order they come; an empty string when there is none.</summary>
    public async Task<Answer<string>> FindAsync(SpooledFile file, CancellationToken cancellationToken)
    {
        var list = new GeminiList(http, GeminiPath.Files, "files", PageSize);
        for (var page = 0; page < MostPages && !list.IsAtEnd; page++)
        {
            var answer = await list.NextAsync(cancellationToken);
            if (answer.Value is not { } files)
            {
                return answer.Failure!;
            }
            if (files.FirstOrDefault(candidate => IsCopy(candidate, file)) is { ValueKind: JsonValueKind.Object } found)
            {
                return await ReadyAsync(found, cancellationToken);
            }
        }
        return "";
    }

    /// <summary>Whether the file exists; null when that can not be told. For one that does not, Google also says 403, as to a wrong key.</summary>
    public async Task<bool?> IsThereAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await http.ReadAsync(HttpMethod.Get, GeminiPath.File(name), cancellationToken);
        return answer.Failure?.Kind switch
        {
            null => true,
            FailureKind.NotFound => false,
            FailureKind.Unauthorized when (await new GeminiList(http, GeminiPath.Files, "files", 1).NextAsync(cancellationToken)).Failure is null => false,
            _ => null,
        };
    }

    /// <summary>
    /// Null when the file is gone. Google answers 400 to names of result files where it takes only names of up to 40 characters
    /// (googleapis/js-genai#1227): those end by themselves.
    /// </summary>
    public async Task<ProviderFailure?> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await http.ReadAsync(HttpMethod.Delete, GeminiPath.File(name), cancellationToken);
        return answer.Failure switch
        {
            null or { Kind: FailureKind.NotFound or FailureKind.Refused } => null,
            { Kind: FailureKind.Unauthorized } refused => await IsThereAsync(name, cancellationToken) is false ? null : refused,
            var failure => failure,
        };
    }

    /// <summary>The name of a file once it can be used; lines of JSON can at once, as a rule.</summary>
    public async Task<Answer<string>> ReadyAsync(JsonElement file, CancellationToken cancellationToken)
    {
        var now = file;
        for (var looks = 0; now.Text("state") == "PROCESSING"; looks++)
        {
            if (looks == MostLooks)
            {
                return new ProviderFailure(FailureKind.Unavailable, "file_processing", "The uploaded input is still being processed.");
            }
            await Task.Delay(s_pause, time, cancellationToken);
            var answer = await http.ReadAsync(HttpMethod.Get, GeminiPath.File(file.Text("name")!), cancellationToken);
            if (answer.Value is null)
            {
                return answer.Failure!;
            }
            now = answer.Value.ReadObject() ?? default;
        }
        return IsUsable(now) && now.Text("name") is { } name
            ? name
            : new ProviderFailure(FailureKind.Unavailable, "file_failed", "The uploaded input could not be processed.");
    }

    private bool IsCopy(JsonElement candidate, SpooledFile file) =>
        candidate.Text("displayName") == file.Name
        && candidate.Whole("sizeBytes") == file.Bytes
        && GeminiPath.FileName(candidate.Text("name")) is not null
        && IsUsable(candidate)
        && !(candidate.Moment("expirationTime") < time.GetUtcNow() + s_leastLife);

    private static bool IsUsable(JsonElement file) => file.Text("state") is not "FAILED";
}
