using System.Text.Json;

namespace BatchWorker.Providers.OpenAi;

/// <summary>A file as a listing shows it.</summary>
internal sealed record ListedFile(string Id, string? Name, long? Bytes);

/// <summary>One page of a listing of files.</summary>
internal sealed record FilePage(IReadOnlyList<ListedFile> Files, bool HasMore)
{
    public static FilePage? Read(JsonElement answer) =>
        answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("data", out _) ? null : new FilePage(
            [.. answer.ListOf("data").Where(file => file.TextOf("id") is not null).Select(file => new ListedFile(file.TextOf("id")!, file.TextOf("filename"), file.NumberOf("bytes")))],
            answer.TryGetProperty("has_more", out var more) && more.ValueKind == JsonValueKind.True);
}
