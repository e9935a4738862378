using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;

namespace BatchWorker.Tests.Simulation.Vendors;

/// <summary>A process's way to a provider. Calls take their time, fail, or are answered into the void.</summary>
internal sealed class VendorClient(Vendor vendor, SimProcess process, History history, string account) : IBatchProvider
{
    private static readonly ProviderFailure s_unknown = new(FailureKind.NotFound, "not_found", "There is no such batch.");
    private readonly VendorCalls _calls = new(vendor, process, history);

    public Provider Name => vendor.Name;

    public string? Account => account;

    public string KeyVariable => "SIMULATED_KEY";

    public bool UploadsInput => vendor.Tags;

    public bool TagsBatches => vendor.Tags;

    public TimeSpan Propagation => vendor.Propagation;

    public BatchLimits LimitsOf(string endpoint) => new(12, 1_000_000, int.MaxValue);

    public int OverheadOf(Lane lane) => 40;

    public void WriteRequest(IBufferWriter<byte> output, Lane lane, string customId, ReadOnlySpan<byte> request)
    {
        output.Write(Encoding.UTF8.GetBytes(customId + "\t"));
        output.Write(request);
        output.Write("\n"u8);
    }

    public Task<Answer<string>> UploadAsync(SpooledFile file, CancellationToken cancellationToken)
    {
        var lines = File.ReadAllLines(file.Path);
        return _calls.ReadAsync<string>("upload", () => vendor.Upload(account, file, lines), isWrite: true);
    }

    public Task<Answer<string>> FindUploadAsync(SpooledFile file, CancellationToken cancellationToken) =>
        _calls.ReadAsync<string>("find upload", () => vendor.FindUpload(account, file));

    public Task<Answer<string>> WatermarkAsync(CancellationToken cancellationToken) =>
        vendor.Tags ? Task.FromResult<Answer<string>>("") : _calls.ReadAsync<string>("watermark", () => vendor.List(account).FirstOrDefault()?.Id ?? "");

    public Task<CreateOutcome> CreateAsync(Submission submission, CancellationToken cancellationToken)
    {
        var inline = vendor.Tags ? null : File.ReadAllLines(submission.File.Path);
        return _calls.CreateAsync(() => new VendorInput(account, submission.Tag, submission.InputFileId, inline ?? vendor.FileOf(account, submission.InputFileId)?.Lines));
    }

    public Task<Answer<IReadOnlyList<ProviderBatch>>> FindAsync(SubmissionTrace trace, CancellationToken cancellationToken) =>
        _calls.ReadAsync("find", () => new Answer<IReadOnlyList<ProviderBatch>>([.. Matching(trace).Reverse()], null));

    public Task<Answer<ProviderBatch>> GetAsync(string providerBatchId, CancellationToken cancellationToken) =>
        _calls.ReadAsync<ProviderBatch>("get " + providerBatchId, () => vendor.Find(account, providerBatchId) is { } batch ? batch.See(history.Scheduler.Now) : s_unknown);

    public async IAsyncEnumerable<ResultLine> ReadResultsAsync(ProviderBatch batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var opened = await _calls.ReadAsync("results " + batch.Id, () =>
            vendor.Find(account, batch.Id) is { LosesResults: false } found ? new Answer<IReadOnlyList<ResultLine>>([.. found.Results(history.Scheduler.Now)], null) : s_unknown);
        if (opened.Failure is { } failure)
        {
            throw new ProviderReadException(failure);
        }
        foreach (var part in opened.Value!.Chunk(5))
        {
            foreach (var line in part)
            {
                yield return line;
            }
            var more = await _calls.ReadAsync<string>("more of " + batch.Id, () => "");
            if (more.Failure is { } interrupted)
            {
                throw new ProviderReadException(interrupted);
            }
        }
    }

    public Task<Answer<ProviderBatch>> CancelAsync(string providerBatchId, CancellationToken cancellationToken) =>
        _calls.ReadAsync<ProviderBatch>("cancel " + providerBatchId, () =>
        {
            if (vendor.Find(account, providerBatchId) is not { } batch)
            {
                return s_unknown;
            }
            history.IsCancelled(batch);
            batch.Cancel(history.Scheduler.Now, history.Scheduler.Between(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(3)));
            return batch.See(history.Scheduler.Now);
        }, isWrite: true);

    public Task<ProviderFailure?> DeleteFilesAsync(ProviderFiles files, CancellationToken cancellationToken) => Task.FromResult<ProviderFailure?>(null);

    public async Task<ProviderFailure?> ProbeAsync(CancellationToken cancellationToken) => (await _calls.ReadAsync<string>("probe", () => "")).Failure;

    /// <summary>By tag; without one as Anthropic's search does it, which has tests of its own.</summary>
    private IEnumerable<ProviderBatch> Matching(SubmissionTrace trace)
    {
        var slack = TimeSpan.FromMinutes(10);
        return vendor.Tags
            ? vendor.List(account).Where(seen => seen.Tag == trace.Tag)
            : vendor.List(account).TakeWhile(seen => seen.Id != trace.Watermark)
                .Where(seen => (trace.RequestCount == 0 || seen.RequestCount == trace.RequestCount) && seen.CreatedAt >= trace.SentAfter - slack && !(seen.CreatedAt > trace.EndedBy + slack));
    }
}
