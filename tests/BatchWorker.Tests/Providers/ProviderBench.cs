using System.Buffers;
using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Simulator;
using BatchWorker.Simulator.Faults;
using BatchWorker.Tests.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace BatchWorker.Tests.Providers;

/// <summary>A provider of the daemon against its simulator, whose clock moves by hand, with a spool for inputs.</summary>
internal sealed class ProviderBench : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly ImpatientTime _time;
    private readonly DirectoryInfo _spool = Directory.CreateTempSubdirectory("bw-bench-");
    private readonly ContractSubject _subject;
    private int _submissions;

    private ProviderBench(ContractSubject subject, SimulatorHost host, ImpatientTime time)
    {
        _subject = subject;
        _time = time;
        Host = host;
        var services = new ServiceCollection().AddLogging();
        subject.Register(services, host);
        _services = services.BuildServiceProvider();
        Provider = _services.GetRequiredService<IBatchProvider>();
    }

    public IBatchProvider Provider { get; }

    public SimulatorHost Host { get; }

    /// <summary>Batches that the simulator has made.</summary>
    public int Batches => Host.Ledger.Batches.Count;

    public static async Task<ProviderBench> StartAsync(ContractSubject subject)
    {
        var time = new ImpatientTime();
        return new ProviderBench(subject, await SimulatorHost.StartAsync(new SimulatorOptions { PhaseSeconds = 10 }, time), time);
    }

    /// <summary>The ids of a batch of so many requests.</summary>
    public static string[] Ids(int count, int from = 0) => [.. Enumerable.Range(from, count).Select(i => new JobId(new Ulid(1_790_000_000_000, i + 1, i)).ToString())];

    /// <summary>Lets every batch end.</summary>
    public void Finish() => _time.Advance(TimeSpan.FromSeconds(60));

    /// <summary>The next create call is met by this.</summary>
    public void FaultAtCreate(HttpFaultAction action) =>
        Host.Faults.Http.Add(new HttpFault { Provider = _subject.Name.Wire(), Method = "POST", Path = _subject.CreatePath, Count = 1, Action = action });

    /// <summary>The next read of these paths is met by this.</summary>
    public void FaultAtRead(HttpFaultAction action, string? path = null) =>
        Host.Faults.Http.Add(new HttpFault { Provider = _subject.Name.Wire(), Method = "GET", Path = path, Count = 1, Action = action });

    /// <summary>Create calls that reached the simulator.</summary>
    public int CreateCalls => Host.Ledger.Requests.All().Count(call => call.Method == "POST" && System.Text.RegularExpressions.Regex.IsMatch(call.Path, _subject.CreatePath));

    /// <summary>Spools, uploads where that is the way, and creates; each request carries its id as a mark.</summary>
    public async Task<(SubmissionTrace Trace, CreateOutcome Outcome)> SubmitAsync(params string[] ids)
    {
        var number = ++_submissions;
        var file = await SpoolAsync(number, ids);
        var upload = Provider.UploadsInput ? await Provider.UploadAsync(file, CancellationToken.None) : "";
        Assert.That(upload.Failure, Is.Null);
        var input = Provider.UploadsInput ? upload.Value : null;
        var watermark = await Provider.WatermarkAsync(CancellationToken.None);
        var tag = new SubmissionTag($"batch_{number}", 1);
        var trace = new SubmissionTrace(tag, input, ids.Length, Host.Clock.GetUtcNow(), watermark.Value);
        return (trace, await Provider.CreateAsync(new Submission(tag, _subject.Lane, file, input, ids.Length), CancellationToken.None));
    }

    /// <summary>A batch that was created without trouble.</summary>
    public async Task<string> CreatedAsync(params string[] ids) => ((CreateOutcome.Created)(await SubmitAsync(ids)).Outcome).ProviderBatchId;

    public async Task<ProviderBatch> SeeAsync(string id) => (await Provider.GetAsync(id, CancellationToken.None)).Value!;

    public async Task<string[]> FindAsync(SubmissionTrace trace) =>
        [.. (await Provider.FindAsync(trace, CancellationToken.None)).Value!.Select(batch => batch.Id)];

    public async Task<List<ResultLine>> ReadAsync(ProviderBatch batch) =>
        await Provider.ReadResultsAsync(batch, CancellationToken.None).ToListAsync();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Host.DisposeAsync();
        _spool.Delete(recursive: true);
    }

    private async Task<SpooledFile> SpoolAsync(int number, string[] ids)
    {
        var lines = new ArrayBufferWriter<byte>();
        foreach (var id in ids)
        {
            Provider.WriteRequest(lines, _subject.Lane, id, Encoding.UTF8.GetBytes(_subject.Request("mk-" + id)));
        }
        var path = Path.Combine(_spool.FullName, $"{number}.jsonl");
        await File.WriteAllBytesAsync(path, lines.WrittenMemory);
        return new SpooledFile(path, $"bw-{number}.jsonl", lines.WrittenCount, new string('a', 64));
    }
}

/// <summary>What the contract has to know of a provider.</summary>
internal abstract record ContractSubject
{
    public abstract Provider Name { get; }

    public abstract Lane Lane { get; }

    /// <summary>Regular expression for the path of the create call behind the base URL.</summary>
    public abstract string CreatePath { get; }

    /// <summary>The kind of a 404 to the create call of an input that exists.</summary>
    public virtual string NotFoundAtCreate => "NotFound";

    /// <summary>A request with this text, as a caller would give it.</summary>
    public abstract string Request(string text);

    /// <summary>Registers the provider as the daemon does, against a simulator; <paramref name="key"/> null: its own key.</summary>
    public abstract void Register(IServiceCollection services, SimulatorHost host, string? key = null);
}
