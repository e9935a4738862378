using BatchWorker.Lifecycle;
using BatchWorker.Providers;

namespace BatchWorker.Tests.Simulation.Vendors;

/// <summary>A batch at a provider. How it will go was decided when it was created; what is seen of it depends on the time.</summary>
internal sealed class VendorBatch
{
    public required string Id { get; init; }

    public required string Account { get; init; }

    /// <summary>What the provider shows of <see cref="Truth"/>; null where it keeps no tag.</summary>
    public SubmissionTag? Tag { get; init; }

    /// <summary>The submission that made it, whoever can see that; null for somebody else's.</summary>
    public SubmissionTag? Truth { get; init; }

    public string? InputFileId { get; init; }

    public required IReadOnlyList<VendorItem> Items { get; init; }

    public required TimeSpan CreatedAt { get; init; }

    /// <summary>From when listings show it.</summary>
    public required TimeSpan ListedAt { get; init; }

    /// <summary>From when it can be asked for; until then it is not found.</summary>
    public TimeSpan KnownAt { get; init; }

    /// <summary>From when it can not be asked for any more.</summary>
    public TimeSpan VanishesAt { get; init; } = TimeSpan.MaxValue;

    public required TimeSpan ValidatedAt { get; init; }

    public required TimeSpan EndsAt { get; set; }

    public required ProviderPhase End { get; set; }

    public IReadOnlyList<ProviderError> Errors { get; init; } = [];

    /// <summary>Whether its results are not found for good.</summary>
    public bool LosesResults { get; init; }

    /// <summary>Whether requests that did not run have a line that says so.</summary>
    public bool ListsNotRun { get; init; }

    /// <summary>Somebody else's.</summary>
    public bool IsStranger { get; init; }

    /// <summary>Why it may do work that another batch does too: an assumption was broken for it. Null for all others.</summary>
    public string? Excuse { get; set; }

    public bool WasCancelled { get; private set; }

    /// <summary>Whether the engine has seen it as a duplicate.</summary>
    public bool WasDetected { get; set; }

    public bool HasEnded(TimeSpan now) => now >= EndsAt;

    public bool HasRun(VendorItem item, TimeSpan now) => End != ProviderPhase.Failed && item.DoneAt <= now && item.DoneAt <= EndsAt;

    public IEnumerable<VendorItem> Billed(TimeSpan now) => Items.Where(item => item.IsBilled && HasRun(item, now));

    /// <summary>Asks it to stop; what has run by the time it does is billed.</summary>
    public void Cancel(TimeSpan now, TimeSpan takes)
    {
        if (!HasEnded(now) && !WasCancelled)
        {
            WasCancelled = true;
            EndsAt = End == ProviderPhase.Failed || EndsAt < now + takes ? EndsAt : now + takes;
            End = End == ProviderPhase.Failed ? End : ProviderPhase.Cancelled;
        }
    }

    public override string ToString() =>
        $"{Id} of {(IsStranger ? "somebody else" : Truth)}: {Items.Count} items, created {CreatedAt}, listed {ListedAt}, ends {EndsAt} {End}{(Excuse is null ? "" : ", " + Excuse)}";

    public ProviderBatch See(TimeSpan now)
    {
        var phase = HasEnded(now) ? End : now < ValidatedAt && !WasCancelled ? ProviderPhase.Validating : ProviderPhase.Running;
        var done = Items.Count(item => HasRun(item, now));
        return new ProviderBatch
        {
            Id = Id,
            Phase = phase,
            RawStatus = WasCancelled && !HasEnded(now) ? "cancelling" : phase.ToString(),
            CreatedAt = SimTime.Start + CreatedAt,
            RequestCount = Items.Count,
            DoneCount = done,
            HasBegun = done > 0 || (now >= ValidatedAt && End != ProviderPhase.Failed),
            Errors = phase == ProviderPhase.Failed ? Errors : [],
            OutputFileId = HasEnded(now) && End != ProviderPhase.Failed ? "out-" + Id : null,
            InputFileId = InputFileId,
            Tag = Tag,
        };
    }

    public IEnumerable<ResultLine> Results(TimeSpan now) => Items.Reverse().SelectMany(item =>
        HasRun(item, now) ? item.Lines()
        : ListsNotRun ? [item.NotRun(End == ProviderPhase.Expired ? Outcome.Expired : Outcome.Cancelled)]
        : []);
}
