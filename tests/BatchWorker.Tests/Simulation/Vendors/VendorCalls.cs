using BatchWorker.Providers;

namespace BatchWorker.Tests.Simulation.Vendors;

/// <summary>What a create call brings.</summary>
internal sealed record VendorInput(string Account, SubmissionTag Tag, string? FileId, IReadOnlyList<string>? Lines);

/// <summary>Calls on their way to a provider and back.</summary>
internal sealed class VendorCalls(Vendor vendor, SimProcess process, History history)
{
    private static readonly ProviderFailure[] s_failures =
    [
        new(FailureKind.Unavailable, "down", "The simulated provider is down."),
        new(FailureKind.Unavailable, "timeout", "The simulated provider did not answer."),
        new(FailureKind.Throttled, "rate_limit", "Slowly.", TimeSpan.FromSeconds(20)),
        new(FailureKind.Unauthorized, "invalid_key", "The simulated key is revoked."),
    ];

    private Scheduler Scheduler => history.Scheduler;

    /// <summary>A call that may be repeated. A failure may come before or, where the call changes something, after it is done.</summary>
    public Task<Answer<T>> ReadAsync<T>(string name, Func<Answer<T>> serve, bool isWrite = false) where T : class
    {
        var answer = new TaskCompletionSource<Answer<T>>();
        Scheduler.In(Latency(), () =>
        {
            var fails = history.HasFaults && Scheduler.Roll(history.Plan.VendorFailures);
            history.Trace.Add($"{process.Name} {vendor.Name} {name}{(fails ? " fails" : "")}");
            if (!process.IsAlive && fails)
            {
                return;
            }
            var served = !fails || (isWrite && Scheduler.Roll(0.5)) ? serve() : default;
            var given = fails ? Scheduler.OneOf(s_failures) : served;
            process.In(Latency(), () => answer.SetResult(given));
        });
        return answer.Task;
    }

    /// <summary>The call that spends money.</summary>
    public Task<CreateOutcome> CreateAsync(Func<VendorInput> input)
    {
        var answer = new TaskCompletionSource<CreateOutcome>();
        Scheduler.In(Latency() * (Scheduler.Roll(0.1) ? 20 : 1), () =>
        {
            if (!process.IsAlive && Scheduler.Roll(0.3))
            {
                history.Trace.Add($"{process.Name} {vendor.Name} create died with its process");
                return;
            }
            var outcome = Create(input());
            history.Trace.Add($"{process.Name} {vendor.Name} create {outcome.Word}");
            process.In(Latency() * (outcome is CreateOutcome.Unknown ? 30 : 1), () =>
            {
                history.Coverage.Visit($"create {outcome.Word}{(outcome is CreateOutcome.Rejected rejected ? " " + rejected.Failure.Kind : "")}");
                answer.SetResult(outcome);
            });
        });
        return answer.Task;
    }

    private CreateOutcome Create(VendorInput input)
    {
        if (history.HasFaults && Scheduler.Roll(history.Plan.LostCreates * 0.4))
        {
            return Scheduler.Roll(0.25) ? new CreateOutcome.NotSent("no connection") : Lost("lost on the way");
        }
        if (input.Lines is not { } lines)
        {
            return new CreateOutcome.Rejected(new ProviderFailure(FailureKind.NotFound, "no_such_file", "The input is not there."));
        }
        if (history.HasFaults && Scheduler.Roll(history.Plan.VendorFailures))
        {
            return new CreateOutcome.Rejected(Refusal());
        }
        if (!vendor.Tags && lines.Index().FirstOrDefault(line => Questions.IsPoison(line.Item)) is { Item: not null } poison)
        {
            return new CreateOutcome.Rejected(new ProviderFailure(FailureKind.Invalid, VendorFates.Refused, "This is refused.") { Line = Scheduler.Roll(0.5) ? poison.Index + 1 : null });
        }
        var batch = vendor.Create(input.Account, input.Tag, input.FileId, lines);
        history.Words.Judge(batch);
        return history.HasFaults && Scheduler.Roll(history.Plan.LostCreates * 0.6) ? Lost("its answer was lost") : new CreateOutcome.Created(batch.Id);
    }

    private CreateOutcome.Unknown Lost(string reason)
    {
        history.Coverage.Visit("create unknown: " + reason);
        return new CreateOutcome.Unknown(reason);
    }

    private ProviderFailure Refusal() => Scheduler.Chance.Next(7) switch
    {
        0 => new ProviderFailure(FailureKind.Unauthorized, "invalid_key", "The simulated key is revoked."),
        1 => new ProviderFailure(FailureKind.Throttled, "insufficient_quota", "The quota is spent."),
        2 => new ProviderFailure(FailureKind.Throttled, "rate_limit", "Slowly.", TimeSpan.FromSeconds(30)),
        3 => new ProviderFailure(FailureKind.TooLarge, "too_large", "Too large."),
        4 => new ProviderFailure(FailureKind.NotFound, "not_found", "What is that?"),
        5 => new ProviderFailure(FailureKind.Throttled, "RESOURCE_EXHAUSTED", "No room."),
        _ => new ProviderFailure(FailureKind.Refused, "bad_request", "Refused."),
    };

    private TimeSpan Latency() => Scheduler.Roll(0.05)
        ? Scheduler.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20))
        : Scheduler.Between(TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(900));
}
