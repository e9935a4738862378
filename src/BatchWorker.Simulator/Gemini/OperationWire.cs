using System.Text.Json;
using System.Text.Json.Nodes;

namespace BatchWorker.Simulator.Gemini;

/// <summary>A batch as a long-running operation (google.longrunning.Operation).</summary>
internal static class OperationWire
{
    // "v1main" is what captures show; the package is no promise
    private const string Package = "google.ai.generativelanguage.v1main.";

    /// <param name="batch">The batch.</param>
    /// <param name="account">Whose it is.</param>
    /// <param name="now">The time of the look.</param>
    /// <param name="isWhole">With results that stand in the operation itself; a list comes without them.</param>
    public static object Of(GeminiBatch batch, GeminiAccount account, DateTimeOffset now, bool isWhole)
    {
        var type = Package + (batch.IsEmbedding ? "EmbedContentBatch" : "GenerateContentBatch");
        var output = Output(batch, account, isWhole);
        return new
        {
            name = batch.Name,
            metadata = Metadata(type, batch, output, account.Settings.StatePrefix, now),
            done = batch.HasEnded ? true : (bool?)null,
            error = batch.Error is var (code, message) ? new { code = (int)code, message } : null,
            response = output is null ? null : GeminiJson.Typed(type + "Output", output),
        };
    }

    private static JsonObject Metadata(string type, GeminiBatch batch, JsonObject? output, string statePrefix, DateTimeOffset now) => GeminiJson.Typed(type, new
    {
        model = $"models/{batch.Model}",
        displayName = batch.Call.DisplayName,
        inputConfig = batch.Call.FileName is { } fileName ? new { fileName } : null,
        createTime = GeminiJson.Time(batch.CreatedAt),
        endTime = batch.HasEnded ? GeminiJson.Time(batch.UpdatedAt) : null,
        updateTime = GeminiJson.Time(batch.UpdatedAt),
        batchStats = Stats(batch, now),
        state = statePrefix + JsonNamingPolicy.SnakeCaseUpper.ConvertName(batch.State.ToString()),
        name = batch.Name,
        priority = GeminiJson.Count(batch.Call.Priority),
        output,
    });

    private static object Stats(GeminiBatch batch, DateTimeOffset now)
    {
        var done = batch.DoneBy(now);
        var failed = batch.Totals is { } totals ? totals.Failed + totals.Expired : FailuresAmong(batch, done);
        var off = batch.HasEnded ? batch.Fate?.Misreport?.Succeeded ?? 0 : 0;
        return new
        {
            requestCount = GeminiJson.Count(batch.Entry.Items + off),
            successfulRequestCount = GeminiJson.Count((batch.Totals?.Succeeded ?? done - failed) + off),
            failedRequestCount = GeminiJson.Count(failed),
            pendingRequestCount = GeminiJson.Count(batch.HasEnded ? 0 : batch.Entry.Items - done),
        };
    }

    private static int FailuresAmong(GeminiBatch batch, int done) =>
        batch.Input?.FailuresAmong(done, fate => fate.Code != Faults.ItemFault.ContentFilter || batch.IsEmbedding) ?? 0;

    private static JsonObject? Output(GeminiBatch batch, GeminiAccount account, bool isWhole)
    {
        if (batch.ResultName is not { } name)
        {
            return null;
        }
        if (batch.Call.FileName is not null)
        {
            return new JsonObject { ["responsesFile"] = name };
        }
        if (!isWhole || account.Files.Find(name) is not { } file)
        {
            return null;
        }
        var responses = new JsonObject { ["inlinedResponses"] = new JsonArray([.. Inside(file, account.Settings.DropInlineMetadata)]) };
        return batch.IsEmbedding && account.Settings.EmbedOutputBySpecification
            ? responses
            : new JsonObject { [batch.IsEmbedding ? "inlinedEmbedContentResponses" : "inlinedResponses"] = responses };
    }

    // A line that damage left without JSON has no place inside JSON, and is missing
    private static IEnumerable<JsonNode> Inside(GeminiFile file, bool dropMetadata)
    {
        foreach (var line in File.ReadLines(file.Path))
        {
            if (Parse(line) is { } item)
            {
                if (dropMetadata && item is JsonObject whole)
                {
                    whole.Remove("metadata");
                }
                yield return item;
            }
        }
    }

    private static JsonNode? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
