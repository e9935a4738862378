using System.Text.Json.Nodes;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>Writes the objects of the API.</summary>
internal static class OpenAiJson
{
    public static JsonObject File(StoredFile file) => new()
    {
        ["id"] = file.Id,
        ["object"] = "file",
        ["bytes"] = file.Bytes,
        ["created_at"] = file.CreatedAt.ToUnixTimeSeconds(),
        ["expires_at"] = file.CreatedAt.AddDays(30).ToUnixTimeSeconds(),
        ["filename"] = file.Name,
        ["purpose"] = file.Purpose,
        ["status"] = "processed",
    };

    public static JsonObject Batch(SimulatedBatch batch, BehaviourOptions behaviour)
    {
        var metadata = new JsonObject();
        foreach (var (key, value) in batch.Metadata)
        {
            metadata[key] = value;
        }
        return new JsonObject
        {
            ["id"] = batch.Id,
            ["object"] = "batch",
            ["endpoint"] = batch.Endpoint,
            ["model"] = batch.Model,
            ["errors"] = batch.Errors.Count == 0 ? null : new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. batch.Errors.Select(Error)]) },
            ["input_file_id"] = batch.Input.Id,
            ["completion_window"] = "24h",
            ["status"] = batch.StatusWord,
            ["output_file_id"] = batch.Output?.Id ?? (behaviour.EmptyFileIds ? "" : null),
            ["error_file_id"] = batch.ErrorFile?.Id ?? (behaviour.EmptyFileIds ? "" : null),
            ["created_at"] = batch.CreatedAt.ToUnixTimeSeconds(),
            ["in_progress_at"] = Seconds(batch.InProgressAt),
            ["expires_at"] = batch.CreatedAt.AddDays(1).ToUnixTimeSeconds(),
            ["finalizing_at"] = Seconds(batch.FinalizingAt),
            ["completed_at"] = EndedAs(batch, BatchStatus.Completed),
            ["failed_at"] = EndedAs(batch, BatchStatus.Failed),
            ["expired_at"] = EndedAs(batch, BatchStatus.Expired),
            ["cancelling_at"] = Seconds(batch.CancellingAt),
            ["cancelled_at"] = EndedAs(batch, BatchStatus.Cancelled),
            ["request_counts"] = new JsonObject { ["total"] = batch.Total, ["completed"] = batch.Completed, ["failed"] = batch.Failed },
            ["metadata"] = metadata,
        };
    }

    public static JsonObject Page(IReadOnlyList<JsonObject> page, bool hasMore) => new()
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. page]),
        ["first_id"] = page.Count == 0 ? null : (string?)page[0]["id"],
        ["last_id"] = page.Count == 0 ? null : (string?)page[^1]["id"],
        ["has_more"] = hasMore,
    };

    public static JsonObject Refusal(string message, string type, string? code, string? param = null) => new()
    {
        ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = param, ["code"] = code },
    };

    private static JsonObject Error(LineError error) => new() { ["code"] = error.Code, ["line"] = error.Line, ["message"] = error.Message, ["param"] = null };

    private static long? EndedAs(SimulatedBatch batch, BatchStatus status) => batch.Status == status ? Seconds(batch.EndedAt) : null;

    private static long? Seconds(DateTimeOffset? time) => time?.ToUnixTimeSeconds();
}
