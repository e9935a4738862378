using BatchWorker.Simulator.Answers;

namespace BatchWorker.Simulator.Ledger;

/// <summary>
/// Who ran and was paid how often: 64-bit fingerprints only, so that millions of requests fit. Called inside the agenda's gate.
/// </summary>
internal sealed class ItemLedger
{
    private readonly Dictionary<ulong, Tally> _ids = [];
    private readonly Dictionary<ulong, int> _bodies = [];
    private readonly HashSet<ulong> _overlapping = [];

    /// <summary>Answers that were paid; more than the requests when one was paid again.</summary>
    public long Paid { get; private set; }

    public Sightings PaidTwice { get; } = new();

    public Sightings BodiesPaidTwice { get; } = new();

    /// <summary>Requests of which a batch was created and ran while another one with them had not ended.</summary>
    public Sightings Overlap { get; } = new();

    public int PaidIds { get; private set; }

    public int PaidBodies => _bodies.Count;

    /// <summary>A batch with this request, created at that time, begins to run.</summary>
    public void Begin(string customId, DateTimeOffset createdAt)
    {
        var key = Fingerprint.Of(customId).Bits;
        var tally = _ids.GetValueOrDefault(key);
        if ((tally.Running > 0 || tally.Ended > createdAt.UtcTicks) && _overlapping.Add(key))
        {
            Overlap.Add(customId);
        }
        _ids[key] = tally with { Running = tally.Running + 1 };
    }

    /// <summary>The batch ended without a paid answer to this request.</summary>
    public void EndUnpaid(string customId, DateTimeOffset at) => End(customId, at, paid: false);

    /// <summary>The batch ended and this request's answer is on the bill.</summary>
    public void EndPaid(string customId, Fingerprint body, DateTimeOffset at)
    {
        End(customId, at, paid: true);
        Paid++;
        _bodies[body.Bits] = _bodies.GetValueOrDefault(body.Bits) + 1;
        if (_bodies[body.Bits] == 2)
        {
            BodiesPaidTwice.Add(body.ToString());
        }
    }

    public void Clear()
    {
        _ids.Clear();
        _bodies.Clear();
        _overlapping.Clear();
        Paid = 0;
        PaidIds = 0;
        PaidTwice.Clear();
        BodiesPaidTwice.Clear();
        Overlap.Clear();
    }

    private void End(string customId, DateTimeOffset at, bool paid)
    {
        var key = Fingerprint.Of(customId).Bits;
        var tally = _ids[key];
        tally = new Tally(tally.Running - 1, tally.Paid + (paid ? 1 : 0), at.UtcTicks);
        _ids[key] = tally;
        PaidIds += paid && tally.Paid == 1 ? 1 : 0;
        if (paid && tally.Paid == 2)
        {
            PaidTwice.Add(customId);
        }
    }

    private readonly record struct Tally(int Running, int Paid, long Ended);
}
