using BatchWorker.Simulator.Control;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>The one workspace of the simulated Anthropic. Batches are touched inside the agenda's gate only.</summary>
internal sealed class AnthropicAccount(SimulatorOptions options, DirectoryInfo directory, IdSequence ids) : ProviderAccount<AnthropicSettings>(Provider, options.Anthropic), IDisposable
{
    /// <summary>The name of this provider in rules and in the ledger.</summary>
    public const string Provider = "anthropic";

    /// <summary>Every batch that was not deleted, oldest first.</summary>
    public List<MessageBatch> Batches { get; } = [];

    /// <summary>Requests of the batches that have not ended.</summary>
    public int Queued => Batches.Sum(batch => batch.Input?.Count ?? 0);

    /// <summary>A place for bytes.</summary>
    public string NewPath() => Path.Combine(directory.FullName, ids.Next("bytes-"));

    /// <summary>Null when it never was, was deleted, or is too new to be found.</summary>
    public MessageBatch? Find(string id, DateTimeOffset now) =>
        Batches.Find(batch => batch.Id == id && batch.CreatedAt.AddSeconds(Settings.NotFoundAfterCreate) <= now);

    /// <summary>What lists show, newest first.</summary>
    public IEnumerable<MessageBatch> Listed(DateTimeOffset now) =>
        Batches.Where(batch => batch.CreatedAt.AddSeconds(Settings.ListDelay) <= now).Reverse();

    public void Delete(MessageBatch batch)
    {
        Batches.Remove(batch);
        File.Delete(batch.ResultsPath);
    }

    public void Dispose() => Batches.ForEach(batch => batch.Input?.Dispose());

    protected override void Forget()
    {
        Dispose();
        Batches.ForEach(batch => File.Delete(batch.ResultsPath));
        Batches.Clear();
    }
}
