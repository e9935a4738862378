namespace BatchWorker.Cli.Operators;

/// <summary>What the tables show.</summary>
internal static class Tables
{
    private static readonly string[] s_outcomes = ["succeeded", "failed", "expired", "cancelled", "missing", "pending"];

    public static IReadOnlyList<Column> Jobs { get; } =
    [
        Column.Text("job", "job_id"), Column.Text("status", "status"), Column.Text("waiting", "waiting"), Column.Text("type", "job_type"), Column.Text("provider", "provider"),
        Column.Text("model", "model"), Column.Number("prio", "priority"), Column.Number("tries", "attempts"), Column.Text("batch", "batch_id"), Column.Time("created", "created_at"), Column.Time("ended", "ended_at"),
    ];

    public static IReadOnlyList<Column> Job { get; } =
    [
        .. Jobs, Column.Text("endpoint", "endpoint"), new("error", job => Cells.Find(job, "error") is null ? "" : $"{Cells.Text(job, "error.code")}: {Cells.Text(job, "error.message")}"),
        Column.Number("tokens in", "usage.input_tokens"), Column.Number("tokens out", "usage.output_tokens"), Column.Dollars("paid", "cost.batch"), Column.Dollars("saved", "cost.saved"),
        Column.Text("metadata", "metadata"),
        new("history", job => string.Join("; ", Cells.Each(job, "history").Select(one => $"{Cells.Text(one, "attempt")}: {Cells.Text(one, "outcome")} {Cells.Text(one, "code")} in {Cells.Text(one, "batch_id")} at {Cells.Time(one, "at")}"))),
    ];

    public static IReadOnlyList<Column> Runs { get; } =
    [
        Column.Text("run", "run_id"), Column.Text("trigger", "trigger"), Column.Text("status", "status"), Column.Time("started", "started_at"), Column.Time("ended", "ended_at"), Column.Number("jobs", "jobs"),
        new("batches", run => Count(Cells.Each(run, "batches").Count()), IsNumber: true),
        new("held", run => Count(Cells.Each(run, "held").Sum(held => (int)Cells.Amount(held, "jobs"))), IsNumber: true), Column.Text("error", "error"),
    ];

    public static IReadOnlyList<Column> RunBatches { get; } =
    [
        Column.Text("batch", "batch_id"), Column.Text("provider", "provider"), Column.Text("type", "job_type"), Column.Text("model", "model"), Column.Number("jobs", "job_count"), Column.Text("status", "status"),
    ];

    public static IReadOnlyList<Column> Held { get; } = [Column.Text("held lane", "lane"), Column.Number("jobs", "jobs"), Column.Text("reason", "reason")];

    public static IReadOnlyList<Column> Plan { get; } =
    [
        Column.Text("provider", "provider"), Column.Text("type", "job_type"), Column.Text("model", "model"), Column.Number("jobs", "job_count"), Column.Number("bytes", "bytes"),
        Column.Number("tokens in", "input_tokens"), Column.Dollars("least", "cost.low"), Column.Dollars("expected", "cost.expected"), Column.Dollars("most", "cost.high"),
    ];

    public static IReadOnlyList<Column> Providers { get; } =
        [Column.Text("provider", "provider"), Column.Text("status", "status"), Column.Time("since", "since"), Column.Text("detail", "detail")];

    public static IReadOnlyList<Column> Alerts { get; } =
    [
        Column.Text("severity", "severity"), Column.Text("alert", "type"), Column.Time("since", "since"), Column.Time("over", "ended_at"), Column.Number("value", "value"), Column.Number("threshold", "threshold"), Column.Text("message", "message"),
    ];

    public static IReadOnlyList<Column> Budgets { get; } =
    [
        Column.Text("budget", "budget"), Column.Text("period", "period"), Column.Text("value", "value"), Column.Dollars("cap", "cap"), Column.Dollars("spent", "spent"), Column.Dollars("in flight", "reserved"),
        new("holds jobs", budget => Cells.Text(budget, "holds") == "true" ? "yes" : "no"),
    ];

    public static IReadOnlyList<Column> Days { get; } =
    [
        Column.Text("day (utc)", "date"), Column.Number("jobs", "jobs"), Column.Number("succeeded", "succeeded"), Column.Number("failed", "failed"), Column.Number("batches", "batches"),
        Column.Dollars("real time", "realtime_cost"), Column.Dollars("paid", "batch_cost"), Column.Dollars("saved", "saved"),
    ];

    public static IReadOnlyList<Column> Batches(DateTimeOffset now) =>
    [
        Column.Text("batch", "batch_id"), Column.Text("status", "status"), Column.Text("provider", "provider"), Column.Text("model", "model"), Column.Text("type", "job_type"),
        new("done", batch => $"{Cells.Amount(batch, "job_count") - Cells.Amount(batch, "counts.pending"):0}/{Cells.Number(batch, "job_count")}", IsNumber: true),
        Column.Number("failed", "counts.failed"), new("age", batch => Cells.Span(TimeSpan.FromHours((double)Cells.Amount(batch, "age_hours"))), IsNumber: true),
        new("expires in", batch => Cells.Moment(batch, "expires_at") is { } end ? Cells.Span(end - now) : "", IsNumber: true),
        new("why", batch => Lateness.Of(batch, now) ?? (Cells.Find(batch, "error") is null ? "" : $"{Cells.Text(batch, "error.code")}: {Cells.Text(batch, "error.message")}")),
    ];

    public static IReadOnlyList<Column> Batch(DateTimeOffset now) =>
    [
        .. Batches(now), Column.Text("provider's id", "provider_batch_id"), Column.Text("endpoint", "endpoint"), Column.Time("created", "created_at"), Column.Time("submitted", "submitted_at"),
        Column.Time("completed", "completed_at"), Column.Time("cancel asked", "cancel_requested_at"),
        new("outcomes", batch => string.Join(", ", s_outcomes.Select(name => $"{Cells.Number(batch, "counts." + name)} {name}"))),
        new("drift", batch => Cells.Text(batch, "drift")),
    ];

    private static string Count(int number) => number.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);
}
