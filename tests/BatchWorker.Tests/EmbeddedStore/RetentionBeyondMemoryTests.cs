using System.Security.Cryptography;
using System.Text;
using BatchWorker.EmbeddedStore;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace BatchWorker.Tests.EmbeddedStore;

/// <summary>The embedded store forgets: what is dropped has spilled to the disk, and so does what comes after.</summary>
internal sealed class RetentionBeyondMemoryTests
{
    private const int JobsAtOnce = 1_000;
    private const int Rounds = 3;
    private const int Buckets = 391;
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(30);
    private readonly Dictionary<JobId, string> _waiting = [];
    private DirectoryInfo _directory = null!;
    private EmbeddedServer _server = null!;
    private ConnectionMultiplexer _connection = null!;
    private LedgerHarness _ledger = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _waiting.Clear();
        _directory = Directory.CreateTempSubdirectory("bw-embedded-");
        _server = EmbeddedServer.Start(new EmbeddedServerOptions(_directory.FullName, EmbeddedServerOptions.LeastMemory), NullLoggerFactory.Instance, () => { });
        _connection = await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions { EndPoints = { _server.EndPoint }, Password = _server.Password });
        _ledger = new LedgerHarness(_connection, "bw", configure: options => options with { ScriptHead = "", FinishingHead = "", CommitsWrites = true });
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _connection.DisposeAsync();
        _server.Dispose();
        _directory.Delete(recursive: true);
    }

    [Test]
    public async Task Memory_is_filled_many_times_over_while_the_retention_drops_and_all_that_is_kept_is_there()
    {
        var retention = new JobRetention(_ledger.Store);
        var dropped = 0;
        for (var round = 0; round < Rounds; round++)
        {
            await FillAsync(25);
            _ledger.Time.Advance(s_kept);
            for (int some; (some = await retention.DropAsync(_ledger.Store.Now - s_kept)) > 0;)
            {
                dropped += some;
            }
        }
        await FillAsync(25);
        Assert.That(dropped, Is.GreaterThan(200), "of the 293 buckets until then, at most 75 hold a job that waits");
        foreach (var (id, data) in _waiting)
        {
            Assert.That((await _ledger.Queries.FindAsync(id))?.Request?.Data.ToArray(), Is.EqualTo(Encoding.UTF8.GetBytes(data)), id.ToString());
        }
        Assert.That(await _ledger.Database.SortedSetLengthAsync(_ledger.Keys.Buckets), Is.EqualTo(Buckets + Rounds - dropped), "the last bucket of a round goes before it is full, and is begun again");
    }

    /// <summary>Thousands of jobs that end, and one of each thousand that waits: about 25 MB.</summary>
    private async Task FillAsync(int thousands)
    {
        for (var thousand = 0; thousand < thousands; thousand++)
        {
            var data = Convert.ToHexString(RandomNumberGenerator.GetBytes(500));
            var waits = LedgerSteps.Job(data: data) with { NotBefore = LedgerHarness.Start.AddYears(10) };
            _waiting.Add((await _ledger.EnqueueAsync(waits))[0], data);
            await _ledger.EnqueueAsync([.. Enumerable.Range(1, JobsAtOnce - 1).Select(_ => LedgerSteps.Job(data: Convert.ToHexString(RandomNumberGenerator.GetBytes(500))))]);
            await EndAsync(await _ledger.ClaimAsync());
        }
    }

    private async Task EndAsync(OwnedBatch batch)
    {
        foreach (var part in (await _ledger.Claims.ManifestAsync(batch.Number, 0)).Index().Chunk(Settlements.MaxOutcomes))
        {
            batch = (await _ledger.Settlements.SettleAsync(
                batch, [.. part.Select(job => new Settlement(job.Index, job.Item, _ledger.Succeeded() with { Settlement = batch.Settlements + 1 }))]))!;
        }
    }
}
