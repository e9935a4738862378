using System.Text;
using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;

namespace BatchWorker.Tests.Flow;

/// <summary>What a model provider holds, as a file beside a stored ledger.</summary>
internal static class StoredProvider
{
    private const int MostIds = 1_000;

    public static Task WriteAsync(ModelProvider provider, string path) => File.WriteAllTextAsync(path, JsonSerializer.Serialize(provider.Batches.Select(batch => new Entry(
        batch.Seen.Id, batch.Seen.Phase, batch.Seen.Tag, batch.Seen.InputFileId, batch.Seen.CreatedAt, [.. batch.CustomIds], [.. batch.Lines.Where(line => line.Value.Outcome == Outcome.Succeeded).Select(line => line.Key)]))));

    /// <summary>A provider that holds the same; what it creates has new ids.</summary>
    public static async Task<ModelProvider> LoadAsync(TimeProvider time, string path)
    {
        var provider = new ModelProvider(time);
        for (var id = 0; id < MostIds; id++)
        {
            provider.Remove(provider.AddStranger());
        }
        foreach (var entry in JsonSerializer.Deserialize<Entry[]>(await File.ReadAllTextAsync(path))!)
        {
            var batch = new ModelBatch
            {
                Seen = new ProviderBatch
                {
                    Id = entry.Id,
                    Phase = entry.Phase,
                    RawStatus = entry.Phase.ToString(),
                    Tag = entry.Tag,
                    InputFileId = entry.InputFileId,
                    CreatedAt = entry.CreatedAt,
                    RequestCount = entry.CustomIds.Length,
                    HasBegun = entry.Phase != ProviderPhase.Validating,
                },
                CustomIds = entry.CustomIds,
            };
            foreach (var id in entry.Answered)
            {
                batch.Lines[id] = new ResultLine { CustomId = id, Outcome = Outcome.Succeeded, Body = Encoding.UTF8.GetBytes($$"""{"for":"{{id}}"}"""), Usage = new Usage(10, 5, 2), StatusCode = 200 };
            }
            provider.Add(batch);
        }
        return provider;
    }

    private sealed record Entry(string Id, ProviderPhase Phase, SubmissionTag? Tag, string? InputFileId, DateTimeOffset? CreatedAt, string[] CustomIds, string[] Answered);
}
