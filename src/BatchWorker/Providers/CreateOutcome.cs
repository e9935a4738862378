namespace BatchWorker.Providers;

/// <summary>
/// What is known after the create call, the one that spends money. No provider has an idempotency key for it,
/// so <see cref="Unknown"/> is a state to reconcile, never a reason to send again.
/// </summary>
internal abstract record CreateOutcome
{
    private CreateOutcome()
    {
    }

    /// <summary>The outcome in one word, for counters.</summary>
    public string Word => this switch
    {
        Created => "created",
        NotSent => "not_sent",
        Rejected => "rejected",
        _ => "unknown",
    };

    /// <summary>A complete 2xx answer with an id.</summary>
    public sealed record Created(string ProviderBatchId) : CreateOutcome;

    /// <summary>Not one byte of the request left: no name, no connection, no TLS. May be sent again freely.</summary>
    public sealed record NotSent(string Reason) : CreateOutcome;

    /// <summary>A complete 4xx other than 408 and 409: the provider says that nothing was created.</summary>
    public sealed record Rejected(ProviderFailure Failure) : CreateOutcome;

    /// <summary>Anything else: time-out, reset, 408, 409, 5xx, an answer that cannot be read.</summary>
    public sealed record Unknown(string Reason) : CreateOutcome;
}
