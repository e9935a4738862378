using BatchWorker.Simulator.Engine;

namespace BatchWorker.Simulator.Ledger;

/// <summary>One HTTP request that arrived.</summary>
internal sealed record SeenRequest(string Method, string Path, int? Status, string? Fault);

/// <summary>What was asked of the providers and what was paid, kept small enough for millions of requests.</summary>
internal sealed class PaidLedger
{
    private const int SampleSize = 20;
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, int> _paidIds = [];
    private readonly Dictionary<ulong, int> _running = [];
    private readonly List<SeenRequest> _requests = [];
    private readonly Dictionary<string, int> _paidAgain = [];
    private readonly HashSet<string> _overlaps = [];
    private long _paid;

    /// <summary>A batch with this request began to run.</summary>
    public void Begin(string customId)
    {
        lock (_gate)
        {
            var key = StableHash.Of(customId);
            var running = _running.GetValueOrDefault(key) + 1;
            _running[key] = running;
            if (running > 1)
            {
                _overlaps.Add(customId);
            }
        }
    }

    /// <summary>That batch ended.</summary>
    public void End(string customId)
    {
        lock (_gate)
        {
            var key = StableHash.Of(customId);
            if (_running.GetValueOrDefault(key) <= 1)
            {
                _running.Remove(key);
            }
            else
            {
                _running[key]--;
            }
        }
    }

    /// <summary>The request was answered, and is billed.</summary>
    public void Pay(string customId)
    {
        lock (_gate)
        {
            _paid++;
            var key = StableHash.Of(customId);
            var times = _paidIds.GetValueOrDefault(key) + 1;
            _paidIds[key] = times;
            if (times > 1)
            {
                _paidAgain[customId] = times;
            }
        }
    }

    public void See(SeenRequest request)
    {
        lock (_gate)
        {
            _requests.Add(request);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _paidIds.Clear();
            _running.Clear();
            _requests.Clear();
            _paidAgain.Clear();
            _overlaps.Clear();
            _paid = 0;
        }
    }

    public IReadOnlyList<SeenRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    public LedgerSummary Summary
    {
        get
        {
            lock (_gate)
            {
                return new LedgerSummary(_requests.Count, _paid, _paidIds.Count, new Sample(_paidAgain.Count, [.. _paidAgain.Keys.Take(SampleSize)]), new Sample(_overlaps.Count, [.. _overlaps.Take(SampleSize)]));
            }
        }
    }
}

/// <summary>Some of many.</summary>
internal sealed record Sample(int Count, IReadOnlyList<string> Ids);

/// <summary>The books in numbers.</summary>
/// <param name="Requests">HTTP requests that arrived.</param>
/// <param name="PaidItems">Requests that were answered and billed, repetitions counted.</param>
/// <param name="PaidIds">Different custom ids among them.</param>
/// <param name="PaidMoreThanOnce">Custom ids that were billed again.</param>
/// <param name="Overlap">Custom ids that were in two batches running at the same time.</param>
internal sealed record LedgerSummary(int Requests, long PaidItems, int PaidIds, Sample PaidMoreThanOnce, Sample Overlap);
