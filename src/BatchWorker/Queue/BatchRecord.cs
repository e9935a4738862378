using System.Text.Json;
using System.Text.Json.Serialization;
using BatchWorker.Lifecycle;

namespace BatchWorker.Queue;

/// <summary>A batch as it is stored: written only by its owner, compared as a whole on every change.</summary>
internal sealed record BatchRecord : StoredRecord
{
    private const int Known = 1;

    /// <summary>Version of the record's form; members that are only added do not change it.</summary>
    public int Version { get; init; } = Known;

    public required string Id { get; init; }

    public required BatchState State { get; init; }

    /// <summary>Number of the lane; <see cref="Lane"/> is the same in words.</summary>
    public required int LaneNumber { get; init; }

    public required Lane Lane { get; init; }

    /// <summary>Run that drained it.</summary>
    public string? RunId { get; init; }

    public int JobCount { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>SHA-256 of the sealed manifest, lower-case hex.</summary>
    public string? ManifestSha256 { get; init; }

    /// <summary>The account that it is, or is about to be, submitted with.</summary>
    public string? Account { get; init; }

    /// <summary>The file that is about to be or was uploaded: the UPLOAD intent.</summary>
    public SpoolFacts? Spool { get; init; }

    public string? InputFileId { get; init; }

    /// <summary>Create calls that were begun.</summary>
    public int Attempt { get; init; }

    /// <summary>The SUBMIT intent: from the moment before a create call until its outcome is known.</summary>
    public SubmitIntent? Intent { get; init; }

    /// <summary>Create calls that were proven absent, with all that is needed to find a late one.</summary>
    public IReadOnlyList<SubmitIntent> ProvenAbsent { get; init; } = [];

    /// <summary>Batches of the provider that turned up after their create call was proven absent; null for none.</summary>
    public IReadOnlyList<LateBatch>? Late { get; init; }

    /// <summary>The create call of a batch that was adopted by time and count alone, until its results confirm it; null for all others.</summary>
    public SubmitIntent? Guess { get; init; }

    public string? ProviderBatchId { get; init; }

    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>The day of its first submission counts it; a second acknowledgement does not.</summary>
    public bool IsCounted { get; init; }

    /// <summary>The provider has begun to run requests: attempts count.</summary>
    public bool HasBegun { get; init; }

    /// <summary>When the provider's picture last changed; polls grow rarer after an hour without change.</summary>
    public DateTimeOffset? ProgressAt { get; init; }

    /// <summary>Requests that the provider reported as done at the last poll.</summary>
    public long ProgressCount { get; init; }

    /// <summary>When the alarm was raised that it runs beyond its provider's window; null when it was not.</summary>
    public DateTimeOffset? StuckAt { get; init; }

    /// <summary>The provider was asked to cancel and has not refused.</summary>
    public bool CancelSent { get; init; }

    /// <summary>What the provider says of it since it has ended there; null before, and where the provider says nothing.</summary>
    public ReportedCounts? Reported { get; init; }

    /// <summary>How it ends once all outcomes are stored.</summary>
    public BatchEnding? Ending { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Why it failed or is waiting, for people.</summary>
    public BatchError? Error { get; init; }

    /// <summary>Consecutive failures of the present step, for the back-off.</summary>
    public int Failures { get; init; }

    public BatchId BatchId => BatchId.TryParse(Id, out var id) ? id : throw new InvalidDataException($"A batch record has the id {Id}.");

    /// <summary>What its jobs show while it holds them.</summary>
    public JobState JobState => ProviderBatchId is not null && State.IsWithProvider() ? JobState.Submitted : JobState.Batched;

    /// <summary>Those of <see cref="Late"/> whose answers are still to be looked at.</summary>
    public IEnumerable<LateBatch> UnreadLate => (Late ?? []).Where(late => !late.IsRead);

    /// <summary>Whether a provider's batch is a late one of this batch.</summary>
    public bool IsLate(string providerBatchId) => Late?.Any(late => late.ProviderBatchId == providerBatchId) == true;

    /// <summary>The record with what is now known of one of its late batches.</summary>
    public BatchRecord WithLate(LateBatch known) =>
        this with { Late = [.. (Late ?? []).Select(late => late.ProviderBatchId == known.ProviderBatchId ? known : late)] };

    public byte[] Pack() => JsonSerializer.SerializeToUtf8Bytes(this, LedgerJson.Default.BatchRecord);

    public static BatchRecord Unpack(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, LedgerJson.Default.BatchRecord) switch
        {
            null => throw new InvalidDataException("A batch record is null."),
            { Version: > Known } newer => throw new InvalidDataException($"The record of {newer.Id} has version {newer.Version}; this version reads {Known}."),
            var record => record,
        };
}

/// <summary>The file that a batch was or will be made from.</summary>
internal sealed record SpoolFacts(string Name, long Bytes, string Sha256, int RequestCount);

/// <summary>What is written down before a create call is sent.</summary>
/// <param name="Attempt">Number of the call, from 1.</param>
/// <param name="Account">The account it goes to; only that account can be asked for it.</param>
/// <param name="At">The call was not sent before.</param>
/// <param name="Watermark">Newest batch of the account before it, where the provider keeps no tag.</param>
/// <param name="InputFileId">The uploaded input.</param>
/// <param name="RequestCount">Requests inside.</param>
internal sealed record SubmitIntent(int Attempt, string Account, DateTimeOffset At, string? Watermark, string? InputFileId, int RequestCount) : StoredRecord
{
    /// <summary>Its number over all batches, which its copy in the journal bears; 0 in records of versions without a journal.</summary>
    public long Number { get; init; }

    /// <summary>Why the outcome is unknown.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when it is unknown: the call was over by then. The grace counts from here.</summary>
    public DateTimeOffset? DoubtedAt { get; init; }

    /// <summary>Complete listings that did not show it.</summary>
    public int EmptyListings { get; init; }

    /// <summary>Whether no other batch of the account may be created until the outcome is known: the provider keeps no tag.</summary>
    public bool HoldsLane { get; init; }

    /// <summary>After an adoption by time and count: until when other batches of the account still wait.</summary>
    public DateTimeOffset? LaneHeldUntil { get; init; }

    /// <summary>Batches of the provider whose results are not ours.</summary>
    public IReadOnlyList<string>? Foreign { get; init; }

    /// <summary>Batches of the provider whose results do not tell; an operator decides.</summary>
    public IReadOnlyList<string>? Unclear { get; init; }
}

/// <summary>A batch of the provider that does the work of ours a second time: its create call had been proven absent.</summary>
/// <param name="ProviderBatchId">The provider's id.</param>
/// <param name="FoundAt">When it turned up; it counts once, from then on.</param>
internal sealed record LateBatch(string ProviderBatchId, DateTimeOffset FoundAt) : StoredRecord
{
    /// <summary>Its answers were used where ours had none, or nothing more is to be had from it.</summary>
    public bool IsRead { get; init; }

    /// <summary>Its answers to jobs that were answered already: paid a second time, for nothing.</summary>
    public int PaidTwice { get; init; }

    /// <summary>What they cost, in pico-USD, as far as prices are known.</summary>
    public long PaidTwicePico { get; init; }

    /// <summary>What of its answers was used where ours had none: part of our sums, and not of what the provider says of our batch.</summary>
    public ReportedCounts? Used { get; init; }

    /// <summary>It with one more answer used.</summary>
    public LateBatch WithUsed(Usage usage) => this with
    {
        Used = new ReportedCounts
        {
            Succeeded = (Used?.Succeeded ?? 0) + 1,
            InputTokens = (Used?.InputTokens ?? 0) + usage.InputTokens,
            OutputTokens = (Used?.OutputTokens ?? 0) + usage.OutputTokens,
            CachedTokens = (Used?.CachedTokens ?? 0) + usage.CachedTokens,
        },
    };
}

/// <summary>How a batch ends.</summary>
/// <param name="State">Its end state.</param>
/// <param name="Leftover">What happens to jobs without an answer.</param>
internal sealed record BatchEnding(BatchState State, Leftover Leftover) : StoredRecord
{
    /// <summary>Why it ends so; the record's own error may meanwhile say why its answers are not read yet.</summary>
    public BatchError? Error { get; init; }
}

/// <summary>What becomes of the jobs for which an ended batch holds no answer. The numbers are stored: never renumber.</summary>
internal enum Leftover : byte
{
    /// <summary>The provider should have answered: missing, an attempt.</summary>
    Missing = 1,

    /// <summary>The window closed: expired, an attempt.</summary>
    Expired = 2,

    /// <summary>Cancelled, and not sent again.</summary>
    Cancelled = 3,

    /// <summary>Nothing ran: back to the queue at once, no attempt.</summary>
    Released = 4,

    /// <summary>Nothing ran for want of room: back to the queue after the back-off, no attempt.</summary>
    NoRoom = 5,

    /// <summary>The provider refuses every request of it: failed, no attempt.</summary>
    Refused = 6,

    /// <summary>Nothing ran, and one of them may be why: back at once, in smaller company, no attempt.</summary>
    Suspected = 7,

    /// <summary>Nothing ran, and it is too large for the room there is: back after the back-off, in smaller company, no attempt.</summary>
    NoRoomSuspected = 8,

    /// <summary>The provider broke down over it: failed, an attempt, sent again while there are any left.</summary>
    BrokeDown = 9,
}

/// <summary>Why a batch failed or waits.</summary>
internal sealed record BatchError(string Code, string Message)
{
    /// <summary>1-based line of the input that a refused create call named; its job is the reason.</summary>
    public int? Line { get; init; }
}

/// <summary>How records are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = false,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(BatchRecord))]
[JsonSerializable(typeof(BatchTotals))]
[JsonSerializable(typeof(DayTotals))]
[JsonSerializable(typeof(SortedDictionary<string, ValueTotals>))]
[JsonSerializable(typeof(AlertBook))]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(RollbackNotice))]
[JsonSerializable(typeof(ProviderSwitch))]
internal sealed partial class LedgerJson : JsonSerializerContext;
