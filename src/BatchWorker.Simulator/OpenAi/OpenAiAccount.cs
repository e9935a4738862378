using BatchWorker.Simulator.Control;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>The one account of the simulated OpenAI. Batches are touched inside the agenda's gate only.</summary>
internal sealed class OpenAiAccount(SimulatorOptions options, FileStore files) : ProviderAccount<OpenAiSettings>(Provider, options.OpenAi), IDisposable
{
    /// <summary>The name of this provider in rules and in the ledger.</summary>
    public const string Provider = "openai";

    public FileStore Files => files;

    /// <summary>Every batch, oldest first.</summary>
    public List<OpenAiBatch> Batches { get; } = [];

    public OpenAiBatch? Find(string id) => Batches.Find(batch => batch.Id == id);

    /// <summary>Prompt tokens of the batches of a model that have not ended.</summary>
    public long EnqueuedTokens(string model) => Batches.Where(batch => batch.Model == model).Sum(batch => batch.Input?.Tokens ?? 0);

    public bool HasRoomForBatch(DateTimeOffset now) =>
        Batches.Count(batch => batch.CreatedAt > now - TimeSpan.FromHours(1)) < Settings.MaxBatchesPerHour;

    /// <summary>Null when the model has no limit.</summary>
    public long? TokenLimit(string model)
    {
        var limits = Settings.EnqueuedTokenLimit;
        return limits.TryGetValue(model, out var limit) || limits.TryGetValue("*", out limit) ? limit : null;
    }

    public void Dispose() => Batches.ForEach(batch => batch.Input?.Dispose());

    /// <summary>A file id as the batch object shows it.</summary>
    public string? Shown(string? fileId) => fileId ?? (Settings.EmptyStringIds ? "" : null);

    protected override void Forget()
    {
        Dispose();
        Batches.Clear();
        files.Clear();
    }
}
