using System.IO.Pipelines;
using BatchWorker.Queue;

namespace BatchWorker.Intake;

/// <summary>One line that was not taken.</summary>
internal sealed record LineError(long Line, string Pointer, string Detail);

/// <summary>What came of a body of lines so far.</summary>
internal sealed record LineSummary
{
    /// <summary>Errors that are told one by one; the others are counted.</summary>
    public const int MostErrors = 100;

    public bool Complete { get; init; }

    public long Accepted { get; init; }

    public long Duplicates { get; init; }

    public long Rejected { get; init; }

    /// <summary>Nothing behind this line was taken.</summary>
    public long LinesRead { get; init; }

    public IReadOnlyList<LineError> Errors { get; init; } = [];

    /// <summary>Why the rest was not taken; null when all was read.</summary>
    public string? Error { get; init; }

    /// <summary>The ledger's refusal behind <see cref="Error"/>.</summary>
    public EnqueueRefusal Refusal { get; init; }

    /// <summary>The daemon shuts down: that is behind <see cref="Error"/>.</summary>
    public bool IsStopping { get; init; }
}

/// <summary>A line that became a job, or was one already.</summary>
internal sealed record TakenLine(long Line, EnqueuedJob Job);

/// <summary>
/// Takes a body of lines, each a job, in chunks: a chunk is in the store before the next is read. A bad line is counted and passed over.
/// </summary>
internal sealed class LineIntake(JobReader reader, JobIntake intake)
{
    private const long ChunkBytes = 8 << 20;

    /// <param name="body">The body as it arrives.</param>
    /// <param name="caller">Whose it is.</param>
    /// <param name="onTaken">Told of the lines of each chunk once they are stored, in their order.</param>
    /// <param name="stopping">The daemon shuts down: the chunk in hand is the last.</param>
    /// <param name="cancellationToken">The caller has gone: what was taken stays.</param>
    public async Task<LineSummary> TakeAsync(PipeReader body, Caller caller, Func<IReadOnlyList<TakenLine>, Task> onTaken, CancellationToken stopping, CancellationToken cancellationToken)
    {
        await using var stop = stopping.Register(body.CancelPendingRead);
        var lines = new NdjsonLines(body);
        var summary = new LineSummary();
        while (!stopping.IsCancellationRequested)
        {
            var chunk = await lines.ReadAsync(IntakeOptions.MostJobs, ChunkBytes, cancellationToken);
            if (chunk.Count == 0)
            {
                return lines.WasStopped ? Stopped(summary) : summary with { Complete = true };
            }
            var (next, taken) = await TakeChunkAsync(summary, chunk, caller);
            summary = next;
            if (summary.Error is not null)
            {
                return summary;
            }
            await onTaken(taken);
        }
        return Stopped(summary);
    }

    private static LineSummary Stopped(LineSummary summary) => summary with { IsStopping = true, Error = "stopping: the daemon is shutting down." };

    private async Task<(LineSummary Summary, IReadOnlyList<TakenLine> Taken)> TakeChunkAsync(LineSummary before, IReadOnlyList<NdjsonLine> chunk, Caller caller)
    {
        var jobs = new List<(long Line, NewJob Job)>();
        var errors = new List<LineError>();
        foreach (var line in chunk.Where(line => !line.IsBlank))
        {
            var reading = Read(line, caller);
            if (reading.Job is { } job)
            {
                jobs.Add((line.Number, job));
            }
            else
            {
                errors.Add(new LineError(line.Number, reading.Errors[0].Pointer, reading.Errors[0].Detail));
            }
        }
        var result = await intake.EnqueueAsync([.. jobs.Select(job => job.Job)], allOrNothing: false);
        if (result.Refusal != EnqueueRefusal.None)
        {
            return (before with { Refusal = result.Refusal, Error = Describe(result.Refusal) }, []);
        }
        var answers = jobs.Zip(result.Jobs, (job, answer) => new TakenLine(job.Line, answer)).ToArray();
        errors.AddRange(answers.Where(answer => answer.Job.Conflict).Select(answer => new LineError(answer.Line, "/idempotency_key", "This key belongs to another job.")));
        var taken = answers.Where(answer => !answer.Job.Conflict).ToArray();
        return (Add(before, chunk[^1].Number, taken, errors), taken);
    }

    private JobReading Read(NdjsonLine line, Caller caller)
    {
        if (line.Bytes is not { } bytes)
        {
            return JobReading.Refused(new FieldError("", $"A line has at most {IntakeOptions.MostBytes} bytes."));
        }
        if (!StrictJson.TryParse(bytes, 0, out var document, out var error))
        {
            return JobReading.Refused(error);
        }
        using (document)
        {
            return reader.Read(document.RootElement, caller.Owner, caller.KeyOf(line.Number));
        }
    }

    private static LineSummary Add(LineSummary before, long lastLine, TakenLine[] taken, List<LineError> errors) => before with
    {
        Accepted = before.Accepted + taken.Count(line => !line.Job.Duplicate),
        Duplicates = before.Duplicates + taken.Count(line => line.Job.Duplicate),
        Rejected = before.Rejected + errors.Count,
        LinesRead = lastLine,
        Errors = [.. before.Errors, .. errors.OrderBy(error => error.Line).Take(LineSummary.MostErrors - before.Errors.Count)],
    };

    private static string Describe(EnqueueRefusal refusal) => refusal switch
    {
        EnqueueRefusal.QueueFull => "queue_full: BATCH_MAX_QUEUED jobs wait already.",
        EnqueueRefusal.StoreFull => "store_full: the disk of BATCH_DATA_DIR runs low.",
        EnqueueRefusal.TooManyLanes => "too_many_lanes: there are BATCH_MAX_LANES combinations of provider, endpoint, model and job type already.",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal)),
    };
}
