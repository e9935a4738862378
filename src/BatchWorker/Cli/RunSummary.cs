using System.Text.Json;

namespace BatchWorker.Cli;

/// <summary>What came of the jobs of one provider and type.</summary>
internal sealed record SummaryLine(string Provider, string JobType)
{
    public int Jobs { get; init; }

    public int Succeeded { get; init; }

    public int Failed { get; init; }

    public int Cancelled { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    /// <summary>USD at the real-time price, of the jobs that have one.</summary>
    public decimal Realtime { get; init; }

    /// <summary>USD paid.</summary>
    public decimal Paid { get; init; }

    /// <summary>Succeeded jobs without a known price.</summary>
    public int Unpriced { get; init; }
}

/// <summary>What came of a run.</summary>
internal sealed record RunSummary(RunProgress Run, int Batches, IReadOnlyList<SummaryLine> Lines)
{
    public int Failed => Lines.Sum(line => line.Failed);

    /// <summary>Reads the jobs that the run claimed and the answers they got, in its batches and in those that they were sent again with.</summary>
    public static async Task<RunSummary> ReadAsync(DaemonClient client, RunProgress run, CancellationToken cancellationToken)
    {
        var lines = new Dictionary<(string, string), SummaryLine>();
        var own = run.Batches.Select(batch => batch.Id).ToHashSet();
        var later = new Dictionary<string, HashSet<string>>();
        var types = new Dictionary<string, (string, string)>();
        foreach (var batch in own)
        {
            await foreach (var job in client.ReadAsync("/batch/jobs?batch_id=" + batch, cancellationToken))
            {
                Count(lines, job, types, batch);
                if (job.GetProperty("batch_id").GetString() is { } current && !own.Contains(current))
                {
                    (later.TryGetValue(current, out var jobs) ? jobs : later[current] = []).Add(job.GetProperty("job_id").GetString()!);
                }
            }
        }
        foreach (var batch in own.Concat(later.Keys))
        {
            await AddAnswersAsync(client, lines, types, batch, later.GetValueOrDefault(batch), cancellationToken);
        }
        return new RunSummary(run, own.Count + later.Count, [.. lines.Values.OrderBy(line => line.Provider).ThenBy(line => line.JobType)]);
    }

    private static void Count(Dictionary<(string, string), SummaryLine> lines, JsonElement job, Dictionary<string, (string, string)> types, string batch)
    {
        var key = (job.GetProperty("provider").GetString()!, job.GetProperty("job_type").GetString()!);
        types[batch] = key;
        if (job.GetProperty("batch_id").GetString() is { } current)
        {
            types[current] = key;
        }
        var line = lines.GetValueOrDefault(key) ?? new SummaryLine(key.Item1, key.Item2);
        var status = job.GetProperty("status").GetString();
        lines[key] = line with
        {
            Jobs = line.Jobs + 1,
            Succeeded = line.Succeeded + (status == "succeeded" ? 1 : 0),
            Failed = line.Failed + (status == "failed" ? 1 : 0),
            Cancelled = line.Cancelled + (status == "cancelled" ? 1 : 0),
        };
    }

    private static async Task AddAnswersAsync(
        DaemonClient client, Dictionary<(string, string), SummaryLine> lines, Dictionary<string, (string, string)> types, string batch, HashSet<string>? only, CancellationToken cancellationToken)
    {
        var status = await client.GetAsync("/batch/status/" + batch);
        if (status.GetProperty("completed_at").ValueKind == JsonValueKind.Null)
        {
            return; // nobody waited for it
        }
        await foreach (var result in client.ReadAsync("/batch/results/" + batch, cancellationToken))
        {
            if (result.GetProperty("status").GetString() == "succeeded" && only?.Contains(result.GetProperty("job_id").GetString()!) != false)
            {
                lines[types[batch]] = Add(lines[types[batch]], result.GetProperty("usage"), result.GetProperty("cost"));
            }
        }
    }

    private static SummaryLine Add(SummaryLine line, JsonElement usage, JsonElement cost)
    {
        var isPriced = cost.ValueKind == JsonValueKind.Object && cost.GetProperty("batch").ValueKind == JsonValueKind.Number;
        return line with
        {
            InputTokens = line.InputTokens + usage.GetProperty("input_tokens").GetInt64(),
            OutputTokens = line.OutputTokens + usage.GetProperty("output_tokens").GetInt64(),
            Realtime = line.Realtime + (isPriced ? cost.GetProperty("realtime").GetDecimal() : 0),
            Paid = line.Paid + (isPriced ? cost.GetProperty("batch").GetDecimal() : 0),
            Unpriced = line.Unpriced + (isPriced ? 0 : 1),
        };
    }
}
