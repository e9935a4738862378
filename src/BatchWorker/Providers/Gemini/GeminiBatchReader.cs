using System.Collections.Concurrent;
using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Gemini;

/// <summary>
/// Reads the long-running operation that a batch is. Only its name is relied upon: metadata may be missing
/// (maximhq/bifrost#955), counts that are 0 are left out.
/// </summary>
internal sealed class GeminiBatchReader(Redaction redaction, ILogger logger)
{
    private readonly ConcurrentDictionary<string, bool> _unknown = new();

    /// <summary>Null when it is no batch.</summary>
    public ProviderBatch? Read(JsonElement operation)
    {
        var metadata = operation.Object("metadata") ?? default;
        if ((GeminiPath.BatchName(operation.Text("name")) ?? GeminiPath.BatchName(metadata.Text("name"))) is not { } id)
        {
            return null;
        }
        var state = metadata.Text("state");
        var phase = PhaseOf(operation, state);
        var stats = metadata.Object("batchStats") ?? default;
        var done = (stats.Whole("successfulRequestCount") ?? 0) + (stats.Whole("failedRequestCount") ?? 0);
        var output = GeminiOutput.FileOf(operation);
        return new ProviderBatch
        {
            Id = id,
            Phase = phase,
            RawStatus = redaction.Clean(state),
            CreatedAt = metadata.Moment("createTime"),
            RequestCount = stats.Whole("requestCount") ?? 0,
            DoneCount = done,
            HasBegun = phase is ProviderPhase.Running or ProviderPhase.Completed or ProviderPhase.Expired || done > 0 || output is not null,
            Errors = phase is ProviderPhase.Failed && operation.Object("error") is { } error ? [ErrorOf(error)] : [],
            OutputFileId = output,
            InputFileId = metadata.Object("inputConfig")?.Text("fileName"),
            Tag = GeminiTag.Read(metadata.Text("displayName")),
            Reported = phase is ProviderPhase.Validating or ProviderPhase.Running ? null : CountsOf(stats),
        };
    }

    /// <summary>Counts that are 0 are left out, and there are no tokens (v1beta BatchStats).</summary>
    private static ReportedCounts? CountsOf(JsonElement stats) => stats.Whole("requestCount") is > 0 and var requests
        ? new ReportedCounts { Requests = requests, Succeeded = stats.Whole("successfulRequestCount") ?? 0 }
        : null;

    /// <summary>An end that the state tells, else the end that the operation tells, else the state.</summary>
    private ProviderPhase PhaseOf(JsonElement operation, string? state)
    {
        var known = GeminiState.PhaseOf(state);
        if (known is null && _unknown.TryAdd(state ?? "", true))
        {
            Log.UnknownState(logger, state is null ? "(none)" : redaction.Clean(state));
        }
        return known is null or ProviderPhase.Validating or ProviderPhase.Running && operation.Flag("done") is true
            ? EndOf(operation)
            : known ?? ProviderPhase.Running;
    }

    private static ProviderPhase EndOf(JsonElement operation) => operation.Object("error") switch
    {
        null => ProviderPhase.Completed,
        { } error when GeminiStatus.Of(error).Word == GeminiStatus.Cancelled => ProviderPhase.Cancelled,
        _ => ProviderPhase.Failed,
    };

    /// <summary>Google names bad lines, if at all, in free text; a number read out of that might fail the wrong job.</summary>
    private ProviderError ErrorOf(JsonElement error)
    {
        var status = GeminiStatus.Of(error);
        return new ProviderError(null, redaction.Clean(status.Word), redaction.Clean(status.Message));
    }
}
