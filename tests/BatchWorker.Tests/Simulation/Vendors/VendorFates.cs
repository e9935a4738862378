using BatchWorker.Providers;

namespace BatchWorker.Tests.Simulation.Vendors;

/// <summary>Decides by the seed how a created batch will go.</summary>
internal sealed class VendorFates(History history)
{
    /// <summary>The code for a request that validation refuses.</summary>
    public const string Refused = "invalid_request";

    public static readonly TimeSpan MostPropagation = TimeSpan.FromMinutes(10);
    private static readonly string[] s_noRoom = ["token_limit_exceeded", "billing_hard_limit_reached", "RESOURCE_EXHAUSTED"];

    private Scheduler Scheduler => history.Scheduler;

    private bool IsBad(double share) => history.HasFaults && Scheduler.Roll(history.Plan.BadEnds * share);

    public VendorBatch Draw(string id, Vendor vendor, string account, SubmissionTag? tag, string? file, IReadOnlyList<(string CustomId, int Question, bool Poison)> lines)
    {
        var now = Scheduler.Now;
        var validated = now + Scheduler.Between(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(3));
        var ends = validated + Scheduler.Between(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(IsBad(0.2) ? 240 : 40));
        var (end, errors) = EndOf(lines);
        var isLate = history.HasFaults && Scheduler.Roll(history.Plan.LateListings);
        var listed = now + (isLate ? History.Grace + Scheduler.Between(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(25)) : Scheduler.Between(TimeSpan.Zero, IsBad(1) || (history.HasFaults && history.Plan.WrongWords > 0 && Scheduler.Roll(0.7)) ? History.Grace * 0.9 : TimeSpan.FromSeconds(20)));
        var isGarbage = !vendor.Tags && IsBad(0.15);
        var vanishes = IsBad(0.05) ? now + Scheduler.Between(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(60)) : TimeSpan.MaxValue;
        return new VendorBatch
        {
            Id = id,
            Account = account,
            Tag = vendor.Tags ? tag : null,
            Truth = tag,
            InputFileId = file,
            Items = [.. lines.Select(line => new VendorItem(line.CustomId, line.Question, isGarbage ? ItemFate.LineGarbled : FateOf(), DoneAt(validated, ends, end)))],
            CreatedAt = now,
            ListedAt = listed,
            KnownAt = vendor.Propagation > TimeSpan.Zero && IsBad(0.3) ? now + Scheduler.Between(TimeSpan.Zero, vendor.Propagation * 0.9) : now,
            VanishesAt = vanishes,
            ValidatedAt = validated,
            EndsAt = end == ProviderPhase.Failed ? validated : ends,
            End = end,
            Errors = errors,
            LosesResults = IsBad(0.05),
            ListsNotRun = Scheduler.Roll(0.5),
            Excuse = isLate ? "listed after the grace" : vanishes != TimeSpan.MaxValue ? "vanished" : null,
        };
    }

    private (ProviderPhase End, IReadOnlyList<ProviderError> Errors) EndOf(IReadOnlyList<(string CustomId, int Question, bool Poison)> lines)
    {
        if (lines.Any(line => line.Poison))
        {
            return (ProviderPhase.Failed, Scheduler.Roll(0.5)
                ? [new ProviderError(null, Refused, "One of them.")]
                : [.. lines.Index().Where(line => line.Item.Poison).Select(line => new ProviderError(line.Index + 1, Refused, "This one."))]);
        }
        if (IsBad(0.2))
        {
            return (ProviderPhase.Failed, [new ProviderError(null, Scheduler.OneOf(["INTERNAL", "server_error", .. s_noRoom]), "Not now.")]);
        }
        return (IsBad(0.4) ? ProviderPhase.Expired : IsBad(0.15) ? ProviderPhase.Cancelled : ProviderPhase.Completed, []);
    }

    private TimeSpan DoneAt(TimeSpan validated, TimeSpan ends, ProviderPhase end) =>
        end != ProviderPhase.Completed && Scheduler.Roll(0.4) ? TimeSpan.MaxValue : Scheduler.Between(validated, ends);

    private ItemFate FateOf() => IsBad(0.3) ? (ItemFate)Scheduler.Chance.Next(1, 7) : ItemFate.Answered;
}
