using BatchWorker.Simulator.Control;

namespace BatchWorker.Simulator.Gemini;

/// <summary>The one project of the simulated Gemini. Batches are touched inside the agenda's gate only.</summary>
internal sealed class GeminiAccount(SimulatorOptions options, GeminiFileStore files, GeminiUploads uploads, TimeProvider clock)
    : ProviderAccount<GeminiSettings>(Provider, options.Gemini), IDisposable
{
    /// <summary>The name of this provider in rules and in the ledger.</summary>
    public const string Provider = "gemini";

    public GeminiFileStore Files => files;

    public GeminiUploads Uploads => uploads;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Every batch, oldest first, deleted ones included.</summary>
    public List<GeminiBatch> Batches { get; } = [];

    /// <summary>Null when it never was or was deleted.</summary>
    public GeminiBatch? Find(string id) => Batches.Find(batch => batch.Name == GeminiBatch.Prefix + id && !batch.IsDeleted);

    public bool HasRoomForBatch => Batches.Count(batch => !batch.HasEnded) < Settings.MaxConcurrentBatches;

    /// <summary>So many more tokens may be enqueued for the model.</summary>
    public bool HasRoomForTokens(string model, long tokens)
    {
        var limits = Settings.EnqueuedTokenLimit;
        return !(limits.TryGetValue(model, out var limit) || limits.TryGetValue("*", out limit))
            || Batches.Where(batch => batch.Model == model).Sum(batch => batch.Input?.Tokens ?? 0) + tokens <= limit;
    }

    /// <summary>A file as this caller sees it.</summary>
    public object Wire(GeminiFile file, HttpRequest request) => file.ToWire(GeminiEndpoints.Origin(request), Now, Settings.VideoProcessing);

    public void Dispose() => Batches.ForEach(batch => batch.Input?.Dispose());

    protected override void Forget()
    {
        Dispose();
        Batches.Clear();
        uploads.Clear();
        files.Clear();
    }
}
