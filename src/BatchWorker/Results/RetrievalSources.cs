using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Results;

/// <summary>Where the outcomes of a batch come from.</summary>
/// <param name="Leftover">What is said about jobs without an answer.</param>
internal sealed record RetrievalSource(Verdict Leftover)
{
    public IBatchProvider? Provider { get; init; }

    /// <summary>The provider's batch when it holds answers; null when there are none to read.</summary>
    public ProviderBatch? Answers { get; init; }

    /// <summary>Lines of the input that the provider's validation refused.</summary>
    public IReadOnlyList<ProviderError> Errors { get; init; } = [];

    /// <summary>What is said about the jobs on those lines: they fail, not counted as an attempt since nothing ran.</summary>
    public IEnumerable<(int Place, Verdict Verdict)> NamedLines(BatchPlaces places) =>
        from error in Errors
        where error.Line is not null
        let place = places.PlaceOfLine(error.Line!.Value)
        where place is not null
        select (place.Value, Verdict.Without(Outcome.Failed, error.Code, error.Message, retryable: false) with { Counted = false });
}

/// <summary>Opens the source of a batch's outcomes.</summary>
internal sealed class RetrievalSources(BatchLedger batches, ProviderSet providers, ProviderHealth health, ResultsOptions options, TimeProvider time)
{
    /// <summary>Why a batch is read once more before jobs count as unanswered: what is run again is paid for again.</summary>
    public static readonly ProviderFailure Incomplete = new(FailureKind.Unavailable, "incomplete", "Answers are missing; the files are read once more.");

    /// <summary>Why a file without one readable line is read again: a page of some proxy looks like that.</summary>
    public static readonly ProviderFailure Garbage = new(FailureKind.Unavailable, "garbage", "No line of the results could be read; the files are read once more.");

    /// <summary>Why a batch waits with its answers at the provider. Nothing is dropped here to make room for them.</summary>
    private static readonly BatchError s_noRoom = new("result_store_full", "The store of results is at BATCH_RESULT_STORE_MAX; the answers are read when there is room.");
    private static readonly TimeSpan s_untilRoom = TimeSpan.FromMinutes(1);

    /// <summary>Why a batch waits that only another key can ask for.</summary>
    public static readonly ProviderFailure OtherAccount =
        new(FailureKind.Unauthorized, "account_changed", "It was submitted with another key or base URL; its answers are read when that is configured.");

    /// <summary>Tries after which files that the provider does not have count as lost.</summary>
    private const int GoneAfter = 5;

    /// <summary>Tries after which a file without one readable line is taken for what the provider has.</summary>
    private const int GarbageAfter = 3;

    public async Task<Answer<RetrievalSource>> OpenAsync(OwnedBatch batch, CancellationToken cancellationToken)
    {
        var source = new RetrievalSource(LeftoverVerdicts.Of(batch.Record)) { Errors = RefusedLine(batch.Record) };
        if (batch.Record.ProviderBatchId is not { } id)
        {
            return source;
        }
        if (ProviderOf(batch.Record) is not { } provider)
        {
            return OtherAccount;
        }
        var seen = await provider.GetAsync(id, cancellationToken);
        if (seen.Failure is { } failure)
        {
            return IsGone(batch, failure) ? source : failure;
        }
        return source with
        {
            Provider = provider,
            Answers = seen.Value!.MayHoldAnswers ? seen.Value : null,
            Errors = seen.Value!.Errors,
        };
    }

    /// <summary>The provider with the account that submitted the batch; null when another one is configured.</summary>
    public IBatchProvider? ProviderOf(BatchRecord batch) =>
        providers.TryGet(batch.Lane.Provider, out var provider) && provider.Account == batch.Account ? provider : null;

    /// <summary>The provider does not have it any more, however often and, where that says nothing at first, however long it is asked.</summary>
    public bool IsGone(OwnedBatch? batch, ProviderFailure failure) =>
        failure.Kind == FailureKind.NotFound && batch?.Record.Failures >= GoneAfter && !MayTurnUp(batch.Record);

    private bool MayTurnUp(BatchRecord batch) =>
        providers.TryGet(batch.Lane.Provider, out var provider)
        && time.GetUtcNow() < (batch.ProgressAt ?? batch.SubmittedAt ?? batch.CreatedAt) + provider.Propagation;

    /// <summary>The line that a refused create call named; only of a batch that is not with its provider.</summary>
    private static IReadOnlyList<ProviderError> RefusedLine(BatchRecord batch) =>
        batch.ProviderBatchId is null && (batch.Ending?.Error ?? batch.Error) is { Line: not null } error ? [new ProviderError(error.Line, error.Code, error.Message)] : [];

    public static bool IsGarbage(OwnedBatch? batch, LinesRead lines) =>
        lines is { Named: 0, Nameless: > 0 } && batch?.Record.Failures < GarbageAfter;

    public static bool ShouldReadAgain(OwnedBatch batch, BatchPlaces places) =>
        batch.Record is { Failures: 0, Ending.Leftover: Leftover.Missing } && places.Open.Any();

    /// <summary>Looks again when there may be room. The provider did nothing wrong, so this is no failure of it.</summary>
    public Task WaitForRoomAsync(OwnedBatch batch) =>
        batches.ChangeAsync(batch, batch.Record with { Error = s_noRoom }, time.GetUtcNow() + s_untilRoom);

    /// <summary>What was read is settled; the rest is read later, never run again for this.</summary>
    public async Task TryAgainAsync(OwnedBatch batch, ProviderFailure failure)
    {
        if (failure.Kind == FailureKind.Unauthorized && failure != OtherAccount)
        {
            await health.RefusedKeyAsync(batch.Record.Lane.Provider, failure.Message);
        }
        await batches.TryAgainAsync(batch, new BatchError(failure.Code, failure.Message), time.GetUtcNow(), failure.RetryAfter ?? options.RetryAfter);
    }
}
