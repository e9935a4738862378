using System.Text;
using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Simulator;
using BatchWorker.Simulator.Anthropic;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Gemini;
using BatchWorker.Simulator.Http;
using BatchWorker.Simulator.Ledger;
using BatchWorker.Simulator.OpenAi;
using BatchWorker.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace BatchWorker.Tests.Flow;

/// <summary>Some hundred jobs of three providers on one ledger, from their acceptance to their ends, under everything that may come between; drawn from a seed.</summary>
internal sealed class PayingScene : IAsyncDisposable
{
    private const int Jobs = 500;
    private const int MostRounds = 400;
    private const int MostWrites = 120;
    private static readonly string[] s_tenants = ["acme", "globex", "initech"];

    private static readonly Lane[] s_lanes =
    [
        new(Provider.OpenAi, "/v1/chat/completions", "gpt-4o", "creative_scoring"),
        new(Provider.OpenAi, "/v1/chat/completions", "gpt-6-sol", "creative_scoring"),
        new(Provider.OpenAi, "/v1/chat/completions", "gpt-4o-mini-2031-01-01", "video_analysis"),
        new(Provider.OpenAi, "/v1/chat/completions", "acme-1", "video_analysis"),
        new(Provider.OpenAi, "/v1/embeddings", "text-embedding-3-small", "embedding_generation"),
        new(Provider.Anthropic, "/v1/messages", "claude-sonnet-4-5", "creative_scoring"),
        new(Provider.Anthropic, "/v1/messages", "claude-3-haiku", "training_data_prep"),
        new(Provider.Gemini, "generateContent", "gemini-2.5-pro", "creative_scoring"),
        new(Provider.Gemini, "generateContent", "gemini-3.8-flash", "video_analysis"),
    ];

    private readonly Random _random;
    private readonly FakeTimeProvider _time;
    private readonly SimulatorHost _simulator;
    private readonly ServiceProvider[] _clients;
    private readonly MemorySegments _segments = new();
    private readonly string _namespace = SharedRedis.NewNamespace();
    private readonly Dictionary<string, int> _numbers = [];

    private readonly int _seed;

    private PayingScene(int seed, Random random, FakeTimeProvider time, SimulatorHost simulator)
    {
        _seed = seed;
        _random = random;
        _time = time;
        _simulator = simulator;
        _clients = [SimulatedProviders.OpenAi(simulator), SimulatedProviders.Anthropic(simulator), SimulatedProviders.Gemini(simulator)];
    }

    /// <summary>Daemons that ran on a store that is cut off inside scripts.</summary>
    public int Stumbled { get; private set; }

    /// <summary>The listed model that a model is priced as; null for none.</summary>
    public static string? ListedAs(string model) => model switch
    {
        "acme-1" => null,
        "gpt-4o-mini-2031-01-01" => "gpt-4o-mini",
        _ => model,
    };

    public static string TenantOf(int number) => s_tenants[number % s_tenants.Length];

    public static async Task<PayingScene> StartAsync(int seed)
    {
        var random = new Random(seed);
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 12, 31, 18, 0, 0, TimeSpan.Zero)); // a price changes at midnight
        var simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions
            {
                Seed = seed,
                OpenAi = new OpenAiSettings { CachedFraction = 0.3, CacheWriteFraction = 0.4, CancelFraction = 0.5, Phases = OpenAiPhases.All(600) },
                Anthropic = new AnthropicSettings { CachedFraction = 0.2, CacheWriteFraction = 0.3, CacheWriteHourFraction = 0.25, CancelFraction = 0.5, Phases = AnthropicPhases.All(900) },
                Gemini = new GeminiSettings { CachedFraction = 0.25, ThoughtsFraction = 1.5, Phases = GeminiPhases.All(1_200) },
            },
            time);
        var scene = new PayingScene(seed, random, time, simulator);
        scene.PlanFaults(seed);
        return scene;
    }

    public async Task RunAsync()
    {
        await using (var flow = await OpenAsync())
        {
            await EnqueueAsync(flow);
        }
        for (var round = 0; round < MostRounds; round++)
        {
            var cut = round % 3 == 1 ? CutAtRandom() : "";
            Stumbled += cut.Length == 0 ? 0 : 1;
            await using var flow = await OpenAsync(cut);
            await ActAsync(flow);
            if (round % 3 == 2 && await IsDoneAsync(flow))
            {
                return;
            }
        }
        await using var stuck = await OpenAsync();
        var open = (await stuck.Get<BatchLedger>().OpenBatchesAsync()).Select(batch => $"{batch.Number} {batch.Record.Lane.Provider} {batch.State} {batch.Record.Error}");
        throw new AssertionException($"Scene {_seed}: {(await stuck.Get<QueueCounts>().CountAsync()).Total} jobs wait at {_time.GetUtcNow():u}, and {string.Join("; ", open)}.");
    }

    /// <summary>A daemon that has just been started.</summary>
    /// <param name="cut">What stands before its scripts and cuts them off; empty for nothing.</param>
    public Task<FlowHarness> OpenAsync(string cut = "") => FlowHarness.StartAsync(
        _namespace, _time, _clients[0].Only(), _segments, more: [_clients[1].Only(), _clients[2].Only()],
        configure: options => options with { CostKeys = ["tenant"], ScriptHead = options.ScriptHead + cut, FinishingHead = options.FinishingHead + cut });

    public int NumberOf(string jobId) => _numbers[jobId];

    /// <summary>Batches of the simulator with requests that were paid.</summary>
    public IEnumerable<BatchEntry> PaidBatches() => _simulator.Ledger.Batches.Where(batch => batch.Paid > 0);

    public IEnumerable<ItemEntry> ItemsOf(string batch) => File.ReadLines(_simulator.Ledger.ItemsPath(batch)).Select(line => JsonSerializer.Deserialize<ItemEntry>(line, WireJson.Options)!);

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }
        await _simulator.DisposeAsync();
    }

    /// <summary>Everything that goes wrong and loses no paid answer.</summary>
    private void PlanFaults(int seed)
    {
        var faults = _simulator.Faults;
        ItemFault[] codes = [ItemFault.RateLimit, ItemFault.ServerError, ItemFault.InvalidRequest, ItemFault.ContentFilter, ItemFault.Expired];
        foreach (var code in codes)
        {
            faults.Items.Add(new ItemFate { Percent = _random.Next(1, 8), Seed = seed, Code = code, Tries = _random.Next(1, 3) });
        }
        BatchEnd[] ends = [BatchEnd.Completed, BatchEnd.Expired, BatchEnd.Cancelled];
        for (var nth = 1; nth < 12; nth += _random.Next(1, 4))
        {
            faults.Batches.Add(new BatchFate { Nth = nth, End = ends[_random.Next(ends.Length)], Fraction = _random.Next(0, 101) / 100.0 });
        }
        LineDamage[] damages = [LineDamage.Duplicate, LineDamage.Blank];
        faults.Mutations.Add(new LineMutation { Kind = damages[_random.Next(damages.Length)], Lines = _random.Next(1, 20), Probability = 0.5, Seed = seed });
        faults.Http.Add(new HttpFault { Method = "GET", Path = "/content$|/results$|:download", Probability = 0.25, Seed = seed, Count = 12, Action = new() { Type = HttpFaultKind.Truncate, Bytes = _random.Next(0, 60_000) } });
    }

    private async Task EnqueueAsync(FlowHarness flow)
    {
        var lanes = s_lanes.Where(_ => _random.Next(3) > 0).DefaultIfEmpty(s_lanes[0]).ToArray();
        var jobs = Enumerable.Range(0, Jobs).Select(number => JobOf(lanes[_random.Next(lanes.Length)], number)).ToArray();
        var result = await flow.Get<JobIntake>().EnqueueAsync(jobs, allOrNothing: true);
        foreach (var (number, job) in result.Jobs.Index())
        {
            _numbers[job.Id!.Value.ToString()] = number;
        }
    }

    private NewJob JobOf(Lane lane, int number)
    {
        var text = $"{number} " + new string('x', _random.Next(1, 3_000));
        var data = lane switch
        {
            { Endpoint: "/v1/embeddings" } => $$"""{"model":"{{lane.Model}}","input":"{{text}}"}""",
            { Provider: Provider.Gemini } => $$"""{"contents":[{"role":"user","parts":[{"text":"{{text}}"}]}]}""",
            { Provider: Provider.Anthropic } => $$"""{"model":"{{lane.Model}}","max_tokens":50,"messages":[{"role":"user","content":"{{text}}"}]}""",
            _ => $$"""{"model":"{{lane.Model}}","messages":[{"role":"user","content":"{{text}}"}]}""",
        };
        return new NewJob
        {
            Lane = lane,
            Priority = _random.Next(1, 11),
            Data = Encoding.UTF8.GetBytes(data),
            Metadata = Encoding.UTF8.GetBytes($$"""{"tenant":"{{TenantOf(number)}}"}"""),
            MaxAttempts = _random.Next(1, 4),
        };
    }

    /// <summary>Anywhere, or in a settlement after its outcomes or right before its end, when the day has it already.</summary>
    private string CutAtRandom() => _random.Next(3) switch
    {
        0 => CutOffScript.Head(_random.Next(1, MostWrites)),
        1 => CutOffScript.HeadBefore(LedgerFields.Sum),
        _ => CutOffScript.HeadBefore(LedgerFields.Settlements),
    };

    /// <summary>Some looks of all rooms. A daemon whose store is cut off stumbles, and is gone afterwards.</summary>
    private async Task ActAsync(FlowHarness flow)
    {
        try
        {
            await flow.Get<LedgerRepair>().RunOnceAsync();
            await flow.Get<JobDesk>().ComeDueAsync();
            await flow.DrainAsync(_random.Next(2) == 0 ? "api" : "carry_over");
            await flow.PassAsync(TimeSpan.FromMinutes(_random.Next(1, 60)), steps: _random.Next(1, 4));
        }
        catch (RedisServerException cut) when (cut.Message.Contains(CutOffScript.Word, StringComparison.Ordinal))
        {
            Assert.That(flow.Get<LedgerOptions>().ScriptHead, Does.Contain(CutOffScript.Word));
        }
        _time.Advance(TimeSpan.FromSeconds(90)); // beyond a lease
    }

    private static async Task<bool> IsDoneAsync(FlowHarness flow) =>
        (await flow.Get<BatchLedger>().OpenBatchesAsync()).Count == 0 && (await flow.Get<QueueCounts>().CountAsync()).Total == 0;
}
