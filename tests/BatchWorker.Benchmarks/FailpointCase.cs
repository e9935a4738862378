using System.Globalization;

namespace BatchWorker.Benchmarks;

/// <summary>One way to interrupt a daemon at one failpoint.</summary>
/// <param name="Point">Number of the failpoint.</param>
/// <param name="Signal">KILL, TERM or STOP; a stopped process goes on when its lease is over.</param>
/// <param name="Replicas">Daemons on one redis-server; the first is interrupted.</param>
/// <param name="Embedded">The daemon keeps its own store.</param>
/// <param name="Turn">Another provider's batch is met in each.</param>
internal sealed record FailpointCase(int Point, string Signal, int Replicas, bool Embedded, int Turn = 0)
{
    private const string OpenAi = "openai";
    private const string Anthropic = "anthropic";
    private const string Gemini = "gemini";

    /// <summary>More than are settled in one group.</summary>
    private const int ManyJobs = 600;

    private const int FewJobs = 8;

    /// <summary>Not a failpoint of its own: the daemon is killed at F10, and its Redis is put back to before the drain.</summary>
    private const int Rollback = 20;

    public static readonly IReadOnlyList<int> Points = [.. Enumerable.Range(1, 18), Rollback];
    public static readonly IReadOnlyList<string> Signals = ["KILL", "TERM", "STOP"];

    /// <summary>Where the daemon is held.</summary>
    public string HeldAt => $"F{(RollsBack ? 10 : Point)}";

    /// <summary>Redis goes back in time while the daemon is dead.</summary>
    public bool RollsBack => Point == Rollback;

    /// <summary>A Redis that goes back is tried with SIGKILL; the embedded store has none.</summary>
    public bool Exists => !RollsBack || (Signal == "KILL" && !Embedded);

    /// <summary>Whose batch meets the failpoint: the cases of one point take turns.</summary>
    public string Lead => Leads[(Turn + Point + Replicas + Math.Max(0, Signals.ToList().IndexOf(Signal))) % Leads.Count];

    /// <summary>
    /// Jobs of one line of the lead instead of some of everything: F16 lies between two groups of results, and the batch that fails as a whole
    /// at F12 must have jobs to halve, since one that is alone fails with it.
    /// </summary>
    public int? ManyOfOne => Point switch { 12 => FewJobs, 16 => ManyJobs, _ => null };

    /// <summary>Anthropic has no upload and no failed batch, Gemini no results of an expired batch.</summary>
    private IReadOnlyList<string> Leads => Point switch
    {
        5 or 6 or 12 => [OpenAi, Gemini],
        13 => [OpenAi, Anthropic],
        _ => [OpenAi, Anthropic, Gemini],
    };

    /// <summary>What the simulator does to the lead, so that the point is met: where, and the rule.</summary>
    public (string Path, object Rule)? Fault => Point switch
    {
        5 => ("/_sim/faults", new { provider = Lead, method = "POST", path = Lead == Gemini ? "upload_id=" : "^/files$", count = 1, action = new { type = "hang", seconds = 2 } }),
        8 => ("/_sim/faults", new { provider = Lead, method = "POST", path = CreatePath, count = 1, action = new { type = "hang_after", seconds = 2 } }),
        12 => ("/_sim/batches", new { provider = Lead, end = "failed", count = 1 }),
        13 => ("/_sim/batches", new { provider = Lead, end = "expired", fraction = 0.5, count = 1 }),
        _ => null,
    };

    private string CreatePath => Lead switch { OpenAi => "^/batches$", Anthropic => "^/v1/messages/batches$", _ => ":batchGenerateContent" };

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"F{Point} SIG{Signal}, {(Embedded ? "embedded store" : $"{Replicas} replica{(Replicas == 1 ? "" : "s")}")}, {Lead}");
}
