using System.Security.Cryptography;
using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Engine;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>
/// Moves batches through their phases. Nothing runs in the background: whoever asks first lets everything happen that was due by then,
/// in the order in which it was due.
/// </summary>
internal sealed class BatchEngine(FileShelf shelf, Fates fates, PaidLedger ledger, TimeProvider time, SimulatorOptions options)
{
    private readonly Lock _gate = new();
    private readonly List<SimulatedBatch> _batches = [];
    private readonly BatchRun _run = new(shelf, fates, ledger, options.Seed);

    public BehaviourOptions Behaviour { get; set; } = options.Behaviour;

    public SimulatedBatch Create(StoredFile input, string endpoint, IReadOnlyDictionary<string, string> metadata)
    {
        lock (_gate)
        {
            CatchUp();
            var now = time.GetUtcNow();
            var batch = new SimulatedBatch
            {
                Id = "batch_" + RandomNumberGenerator.GetHexString(32, lowercase: true),
                Number = _batches.Count + 1,
                Input = input,
                Endpoint = endpoint,
                Metadata = metadata,
                CreatedAt = now,
                Since = now,
            };
            _batches.Add(batch);
            return batch;
        }
    }

    public SimulatedBatch? Find(string id)
    {
        lock (_gate)
        {
            CatchUp();
            return _batches.Find(batch => batch.Id == id);
        }
    }

    /// <summary>Newest first; those that listings do not show yet are left out.</summary>
    public IReadOnlyList<SimulatedBatch> List(bool everything = false)
    {
        lock (_gate)
        {
            CatchUp();
            var shownBefore = time.GetUtcNow() - Behaviour.ListDelay;
            return [.. _batches.Where(batch => everything || batch.CreatedAt <= shownBefore).OrderByDescending(batch => batch.Number)];
        }
    }

    /// <summary>False when the batch has ended already.</summary>
    public bool Cancel(SimulatedBatch batch)
    {
        lock (_gate)
        {
            CatchUp();
            if (batch.HasEnded || batch.Status == BatchStatus.Finalizing)
            {
                return false;
            }
            if (batch.Status != BatchStatus.Cancelling)
            {
                batch.CancellingAt = time.GetUtcNow();
                Enter(batch, BatchStatus.Cancelling, batch.CancellingAt.Value);
            }
            return true;
        }
    }

    /// <summary>Ends the present phase of a batch, or of all.</summary>
    public void Advance(string? id)
    {
        lock (_gate)
        {
            foreach (var batch in _batches.Where(batch => !batch.HasEnded && (id is null || batch.Id == id)).ToArray())
            {
                Next(batch, time.GetUtcNow());
            }
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _batches.Clear();
            Behaviour = options.Behaviour;
        }
    }

    private void CatchUp()
    {
        var now = time.GetUtcNow();
        while (!Behaviour.Manual && _batches.Where(batch => !batch.HasEnded).MinBy(DueAt) is { } next && DueAt(next) <= now)
        {
            Next(next, DueAt(next));
        }
    }

    private DateTimeOffset DueAt(SimulatedBatch batch) => batch.Since + batch.Status switch
    {
        BatchStatus.Validating => Behaviour.Validating,
        BatchStatus.InProgress => Behaviour.InProgress < Behaviour.Window ? Behaviour.InProgress : Behaviour.Window,
        BatchStatus.Finalizing => Behaviour.Finalizing,
        _ => Behaviour.Cancelling,
    };

    private void Next(SimulatedBatch batch, DateTimeOffset at)
    {
        switch (batch.Status)
        {
            case BatchStatus.Validating:
                Validate(batch, at);
                break;
            case BatchStatus.InProgress when batch.Fate?.State == "expired" || Behaviour.InProgress >= Behaviour.Window:
                End(batch, BatchStatus.Expired, at, batch.Fate?.Fraction ?? 0.5, "batch_expired");
                break;
            case BatchStatus.InProgress:
                batch.FinalizingAt = at;
                Enter(batch, BatchStatus.Finalizing, at);
                break;
            case BatchStatus.Finalizing:
                End(batch, BatchStatus.Completed, at, 1, null);
                break;
            case BatchStatus.Cancelling:
                End(batch, BatchStatus.Cancelled, at, batch.InProgressAt is null ? 0 : Behaviour.CancelFraction, null);
                break;
            default:
                throw new InvalidOperationException($"A batch that is {batch.StatusWord} does not move.");
        }
    }

    private void Validate(SimulatedBatch batch, DateTimeOffset at)
    {
        var input = InputValidation.Run(batch, fates, Behaviour.MostLineErrors);
        batch.Model = input.Model;
        batch.Fate = fates.StrikeBatch(input.Model ?? "");
        var errors = input.Errors.Count > 0 ? input.Errors
            : batch.Fate?.State == "failed" ? [new LineError(batch.Fate.Code, null, "The simulator was told to refuse this batch.")]
            : TokenErrors(batch, input.Tokens);
        if (errors.Count > 0)
        {
            batch.Errors = errors;
            batch.EndedAt = at;
            Enter(batch, BatchStatus.Failed, at);
            return;
        }
        batch.Total = input.Requests;
        batch.InProgressAt = at;
        Enter(batch, BatchStatus.InProgress, at);
        ForEach(batch, ledger.Begin);
        _enqueued[batch.Id] = input.Tokens;
    }

    private readonly Dictionary<string, long> _enqueued = [];

    private IReadOnlyList<LineError> TokenErrors(SimulatedBatch batch, long tokens)
    {
        var enqueued = _batches.Where(other => !other.HasEnded && other.Model == batch.Model).Sum(other => _enqueued.GetValueOrDefault(other.Id));
        return enqueued + tokens <= Behaviour.EnqueuedTokenLimit || Behaviour.EnqueuedTokenLimit is null
            ? []
            : [new LineError("token_limit_exceeded", null, $"Enqueued token limit reached for {batch.Model}. Limit: {Behaviour.EnqueuedTokenLimit} enqueued tokens. Please try again once some in_progress batches have been completed.")];
    }

    private void End(SimulatedBatch batch, BatchStatus status, DateTimeOffset at, double fraction, string? restCode)
    {
        _run.Write(batch, fraction, restCode);
        if (batch.InProgressAt is not null)
        {
            ForEach(batch, ledger.End);
        }
        batch.EndedAt = at;
        Enter(batch, status, at);
    }

    private static void ForEach(SimulatedBatch batch, Action<string> tell)
    {
        foreach (var (_, line) in InputValidation.LinesOf(batch.Input.Path))
        {
            tell(RequestLine.Parse(line)!.CustomId!);
        }
    }

    private static void Enter(SimulatedBatch batch, BatchStatus status, DateTimeOffset at)
    {
        batch.Status = status;
        batch.Since = at;
    }
}
