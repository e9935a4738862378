using BatchWorker.Lifecycle;
using BatchWorker.Providers;

namespace BatchWorker.Tests.Simulation.Vendors;

/// <summary>An uploaded file.</summary>
internal sealed record VendorFile(string Id, string Account, string Name, long Bytes, IReadOnlyList<string> Lines);

/// <summary>A provider: what all processes see of it, and what it bills.</summary>
internal sealed class Vendor(Provider name, Scheduler scheduler, VendorFates fates)
{
    private readonly List<VendorFile> _files = [];
    private readonly List<VendorBatch> _batches = [];
    private int _ids;

    public Provider Name => name;

    /// <summary>Anthropic's batches carry no tag, and its input travels within the create call.</summary>
    public bool Tags => name != Provider.Anthropic;

    public TimeSpan Propagation => name == Provider.Anthropic ? VendorFates.MostPropagation : TimeSpan.Zero;

    public IReadOnlyList<VendorBatch> Batches => _batches;

    public string Upload(string account, SpooledFile file, IReadOnlyList<string> lines)
    {
        var stored = new VendorFile($"file-{name}-{++_ids}", account, file.Name, file.Bytes, lines);
        _files.Add(stored);
        return stored.Id;
    }

    public string FindUpload(string account, SpooledFile file) =>
        _files.LastOrDefault(known => known.Account == account && known.Name == file.Name && known.Bytes == file.Bytes)?.Id ?? "";

    public VendorFile? FileOf(string account, string? id) => _files.Find(known => known.Account == account && known.Id == id);

    public VendorBatch Create(string account, SubmissionTag? tag, string? file, IReadOnlyList<string> lines)
    {
        var batch = fates.Draw($"pb-{name}-{++_ids}", this, account, tag, file, [.. lines.Select(line => line.Split('\t')).Select(line => (line[0], Questions.NumberOf(line[1]), Questions.IsPoison(line[1])))]);
        _batches.Add(batch);
        return batch;
    }

    /// <summary>Somebody else's batch in an account of ours.</summary>
    public void AddStranger(string account, int count)
    {
        var now = scheduler.Now;
        var ends = now + scheduler.Between(TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(12));
        _batches.Add(new VendorBatch
        {
            Id = $"pb-{name}-{++_ids}",
            Account = account,
            Items = [.. Enumerable.Range(0, count).Select(i => new VendorItem($"theirs-{i}", i, ItemFate.Answered, ends))],
            CreatedAt = now,
            ListedAt = now,
            ValidatedAt = now + TimeSpan.FromSeconds(10),
            EndsAt = ends,
            End = ProviderPhase.Completed,
            IsStranger = true,
        });
    }

    /// <summary>What a listing shows, newest first.</summary>
    public IEnumerable<ProviderBatch> List(string account) =>
        _batches.Where(batch => batch.Account == account && batch.ListedAt <= scheduler.Now).Reverse().Select(batch => batch.See(scheduler.Now));

    public VendorBatch? Find(string account, string id) =>
        _batches.Find(batch => batch.Account == account && batch.Id == id && batch.KnownAt <= scheduler.Now && batch.VanishesAt > scheduler.Now);
}
