using System.Collections.Concurrent;
using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.Anthropic;

/// <summary>Reads the batch object. Only its id and status are relied upon; everything else may be null, absent or new.</summary>
internal sealed class AnthropicBatchReader(Redaction redaction, ILogger logger)
{
    private const string Ended = "ended";
    private readonly ConcurrentDictionary<string, bool> _unknown = new();

    /// <summary>Null when it is no batch.</summary>
    public ProviderBatch? Read(JsonElement batch)
    {
        if (batch.Text("id") is not { } id || batch.Text("processing_status") is not { } status)
        {
            return null;
        }
        var counts = Counts.Of(batch.Object("request_counts") ?? default);
        var isKnown = IsKnown(status);
        return new ProviderBatch
        {
            Id = id,
            Phase = status == Ended ? counts.Ending : ProviderPhase.Running,
            RawStatus = redaction.Clean(status),
            CreatedAt = batch.Moment("created_at"),
            RequestCount = counts.Total,
            DoneCount = counts.Done,
            HasBegun = isKnown || counts.Done > 0,
            Reported = status == Ended && counts.Total > 0 ? new ReportedCounts { Requests = counts.Total, Succeeded = counts.Succeeded } : null, // no tokens (Message Batches, request_counts)
        };
    }

    /// <summary>Processing begins with the creation, so every known status means that it has begun.</summary>
    private bool IsKnown(string status)
    {
        var isKnown = status is "in_progress" or "canceling" or Ended;
        if (!isKnown && _unknown.TryAdd(status, true))
        {
            Log.UnknownStatus(logger, redaction.Clean(status));
        }
        return isKnown;
    }

    /// <summary>How many requests are where. Until a batch has ended all of them are in <c>processing</c>; their sum is always its size.</summary>
    private readonly record struct Counts(long Processing, long Succeeded, long Errored, long Canceled, long Expired)
    {
        public long Done => Succeeded + Errored + Canceled + Expired;

        public long Total => Processing + Done;

        /// <summary>Anthropic has no failed or expired batches, only requests: what all of them share is the batch's end.</summary>
        public ProviderPhase Ending =>
            Total > 0 && Expired == Total ? ProviderPhase.Expired
            : Total > 0 && Canceled == Total ? ProviderPhase.Cancelled
            : ProviderPhase.Completed;

        public static Counts Of(JsonElement counts) => new(
            counts.Count("processing") ?? 0,
            counts.Count("succeeded") ?? 0,
            counts.Count("errored") ?? 0,
            counts.Count("canceled") ?? 0,
            counts.Count("expired") ?? 0);
    }
}
