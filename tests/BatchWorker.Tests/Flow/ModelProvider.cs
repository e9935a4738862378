using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;

namespace BatchWorker.Tests.Flow;

/// <summary>A batch at the model provider.</summary>
internal sealed class ModelBatch
{
    public required ProviderBatch Seen { get; set; }

    public required IReadOnlyList<string> CustomIds { get; init; }

    /// <summary>Answers, by custom id; a test changes them before the batch completes.</summary>
    public Dictionary<string, ResultLine> Lines { get; } = [];

    /// <summary>Its results are not found until then.</summary>
    public DateTimeOffset UnknownUntil { get; set; }

    /// <summary>Lines after which the download is cut.</summary>
    public int? CutAfter { get; set; }
}

/// <summary>A provider in memory, told by the test what to answer; it counts what was paid. Several batches may call at the same time.</summary>
internal sealed class ModelProvider(TimeProvider time) : IBatchProvider
{
    public static readonly ProviderFailure Down = new(FailureKind.Unavailable, "down", "The model is down.");
    private readonly ConcurrentDictionary<string, (string Name, string[] Lines)> _files = [];
    private readonly Lock _creating = new();
    private int _ids;
    private ImmutableList<ModelBatch> _batches = [];

    public Provider Name { get; init; } = Provider.OpenAi;

    public string? Account { get; set; } = "00112233aabbccdd";

    public string KeyVariable => "OPENAI_API_KEY";

    public bool UploadsInput => TagsBatches;

    /// <summary>False for one like Anthropic: the input travels within the create call, and nothing names us in a list.</summary>
    public bool TagsBatches { get; init; } = true;

    public TimeSpan Propagation { get; init; }

    public BatchLimits Limits { get; set; } = new(50_000, 200_000_000, 50_000);

    public IReadOnlyList<ModelBatch> Batches => Volatile.Read(ref _batches);

    /// <summary>Uploads that arrived.</summary>
    public int Uploads => _files.Count;

    /// <summary>What happens at the provider while a create call is on its way.</summary>
    public Action? OnCreate { get; set; }

    /// <summary>The input of the present or last create call.</summary>
    public IReadOnlyList<string> LastLines { get; private set; } = [];

    /// <summary>Create calls that were sent.</summary>
    public int Creates { get; private set; }

    public Func<ProviderFailure?> UploadFailure { get; set; } = () => null;

    /// <summary>What the create call is answered with; the batch exists when <c>Exists</c> is true.</summary>
    public Func<int, (bool Exists, CreateOutcome? Answer)> CreateFate { get; set; } = _ => (true, null);

    public Func<ProviderFailure?> ReadFailure { get; set; } = () => null;

    /// <summary>Batches that listings do not show yet.</summary>
    public HashSet<string> Hidden { get; } = [];

    /// <summary>The next batch is hidden from the start.</summary>
    public bool HideNext { get; set; }

    public BatchLimits LimitsOf(string endpoint) => Limits;

    public int OverheadOf(Lane lane) => 40;

    public void WriteRequest(IBufferWriter<byte> output, Lane lane, string customId, ReadOnlySpan<byte> request)
    {
        output.Write(Encoding.UTF8.GetBytes(customId + " "));
        output.Write(request);
        output.Write("\n"u8);
    }

    public async Task<Answer<string>> UploadAsync(SpooledFile file, CancellationToken cancellationToken)
    {
        if (UploadFailure() is { } failure)
        {
            return failure;
        }
        var id = $"file-{Interlocked.Increment(ref _ids)}";
        _files[id] = (file.Name, await File.ReadAllLinesAsync(file.Path, cancellationToken));
        return id;
    }

    public Task<Answer<string>> FindUploadAsync(SpooledFile file, CancellationToken cancellationToken) =>
        Task.FromResult<Answer<string>>(_files.FirstOrDefault(known => known.Value.Name == file.Name).Key ?? "");

    public Task<Answer<string>> WatermarkAsync(CancellationToken cancellationToken) =>
        Task.FromResult<Answer<string>>(TagsBatches || ForgetsWatermark ? "" : Listed().FirstOrDefault()?.Id ?? "");

    /// <summary>As if the newest batch had been deleted.</summary>
    public bool ForgetsWatermark { get; set; }

    public async Task<CreateOutcome> CreateAsync(Submission submission, CancellationToken cancellationToken)
    {
        var lines = TagsBatches ? _files[submission.InputFileId!].Lines : await File.ReadAllLinesAsync(submission.File.Path, cancellationToken);
        lock (_creating)
        {
            return Create(submission, lines);
        }
    }

    private CreateOutcome Create(Submission submission, IReadOnlyList<string> lines)
    {
        Creates++;
        LastLines = lines;
        OnCreate?.Invoke();
        var (exists, answer) = CreateFate(Creates);
        if (!exists)
        {
            return answer ?? new CreateOutcome.Unknown("lost on the way");
        }
        var batch = new ModelBatch
        {
            Seen = new ProviderBatch { Id = $"pb-{Interlocked.Increment(ref _ids)}", Phase = ProviderPhase.Validating, RawStatus = "validating", CreatedAt = time.GetUtcNow(), InputFileId = submission.InputFileId, Tag = TagsBatches ? submission.Tag : null, RequestCount = lines.Count },
            CustomIds = [.. lines.Select(line => line[..line.IndexOf(' ', StringComparison.Ordinal)])],
        };
        foreach (var (i, id) in batch.CustomIds.Index())
        {
            batch.Lines[id] = Answer(id, lines[i]);
        }
        if (HideNext)
        {
            Hidden.Add(batch.Seen.Id);
            HideNext = false;
        }
        Add(batch);
        return answer ?? new CreateOutcome.Created(batch.Seen.Id);
    }

    /// <summary>A batch that somebody else created in the same account, with answers for ids of theirs.</summary>
    public ModelBatch AddStranger(params string[] customIds)
    {
        var batch = new ModelBatch
        {
            Seen = new ProviderBatch { Id = $"pb-{Interlocked.Increment(ref _ids)}", Phase = ProviderPhase.Running, RawStatus = "in_progress", CreatedAt = time.GetUtcNow(), RequestCount = customIds.Length, HasBegun = true },
            CustomIds = customIds,
        };
        foreach (var id in customIds)
        {
            batch.Lines[id] = Answer(id, id + " {}");
        }
        Add(batch);
        return batch;
    }

    /// <summary>A file that somebody has uploaded.</summary>
    public void AddFile(string id, string name, params string[] lines) => _files[id] = (name, lines);

    public void Add(ModelBatch batch) => Volatile.Write(ref _batches, _batches.Add(batch));

    /// <summary>As if it had never been there.</summary>
    public void Remove(ModelBatch batch) => Volatile.Write(ref _batches, _batches.Remove(batch));

    public Task<Answer<IReadOnlyList<ProviderBatch>>> FindAsync(SubmissionTrace trace, CancellationToken cancellationToken) =>
        Task.FromResult(ReadFailure() is { } failure
            ? (Answer<IReadOnlyList<ProviderBatch>>)failure
            : new Answer<IReadOnlyList<ProviderBatch>>([.. TagsBatches ? Listed().Where(seen => seen.Tag == trace.Tag).Reverse() : Candidates(trace)], null));

    /// <summary>As Anthropic's search does it; that one has tests of its own.</summary>
    private IEnumerable<ProviderBatch> Candidates(SubmissionTrace trace)
    {
        var slack = TimeSpan.FromMinutes(10);
        return Listed().TakeWhile(seen => seen.Id != trace.Watermark)
            .Where(seen => (trace.RequestCount == 0 || seen.RequestCount == trace.RequestCount) && seen.CreatedAt >= trace.SentAfter - slack && !(seen.CreatedAt > trace.EndedBy + slack))
            .Reverse();
    }

    /// <summary>What a list shows, newest first.</summary>
    private IEnumerable<ProviderBatch> Listed() => Batches.Select(batch => batch.Seen).Where(seen => !Hidden.Contains(seen.Id)).Reverse();

    public Task<Answer<ProviderBatch>> GetAsync(string providerBatchId, CancellationToken cancellationToken) =>
        Task.FromResult<Answer<ProviderBatch>>(ReadFailure() is { } failure ? failure
            : _batches.Find(batch => batch.Seen.Id == providerBatchId) is { } found ? found.Seen
            : new ProviderFailure(FailureKind.NotFound, "not_found", "No such batch."));

    public async IAsyncEnumerable<ResultLine> ReadResultsAsync(ProviderBatch batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var model = _batches.Find(known => known.Seen.Id == batch.Id)!;
        if (time.GetUtcNow() < model.UnknownUntil)
        {
            throw new ProviderReadException(new ProviderFailure(FailureKind.NotFound, "not_found", "No such batch."));
        }
        var sent = 0;
        foreach (var line in model.CustomIds.Reverse().Where(model.Lines.ContainsKey).Select(id => model.Lines[id]))
        {
            await Task.Yield();
            if (sent++ == model.CutAfter)
            {
                model.CutAfter = null;
                throw new ProviderReadException(Down);
            }
            yield return line;
        }
    }

    public Task<Answer<ProviderBatch>> CancelAsync(string providerBatchId, CancellationToken cancellationToken)
    {
        var batch = _batches.Find(known => known.Seen.Id == providerBatchId);
        if (batch is null)
        {
            return Task.FromResult<Answer<ProviderBatch>>(new ProviderFailure(FailureKind.NotFound, "not_found", "No such batch."));
        }
        batch.Seen = batch.Seen with { RawStatus = "cancelling", Phase = ProviderPhase.Running };
        return Task.FromResult<Answer<ProviderBatch>>(batch.Seen);
    }

    /// <summary>Deletions that were asked for.</summary>
    public List<ProviderFiles> Deleted { get; } = [];

    public Task<ProviderFailure?> DeleteFilesAsync(ProviderFiles files, CancellationToken cancellationToken)
    {
        Deleted.Add(files);
        return Task.FromResult(ReadFailure());
    }

    public Task<ProviderFailure?> ProbeAsync(CancellationToken cancellationToken) => Task.FromResult(ReadFailure());

    /// <summary>Moves a batch on; from running on its answers are paid.</summary>
    public static void Move(ModelBatch batch, ProviderPhase phase, params ProviderError[] errors) => batch.Seen = batch.Seen with
    {
        Phase = phase,
        RawStatus = phase.ToString(),
        HasBegun = batch.Seen.HasBegun || phase is ProviderPhase.Running or ProviderPhase.Completed or ProviderPhase.Expired,
        Errors = errors,
    };

    private static ResultLine Answer(string id, string line) => new()
    {
        CustomId = id,
        Outcome = Outcome.Succeeded,
        Body = Encoding.UTF8.GetBytes($"{{\"echo\":{line[(id.Length + 1)..]}}}"),
        Usage = new Usage(10, 5, 2),
        StatusCode = 200,
    };
}
