using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BatchWorker.Control;

/// <summary>How answers are written: snake_case, every documented member present, text as it is.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(JobDetailAnswer))]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(RunAnswer))]
[JsonSerializable(typeof(RunBegunAnswer))]
[JsonSerializable(typeof(PlanAnswer))]
[JsonSerializable(typeof(BudgetsAnswer))]
[JsonSerializable(typeof(ResultAnswer))]
[JsonSerializable(typeof(ResultPageAnswer))]
[JsonSerializable(typeof(ProviderAnswer))]
[JsonSerializable(typeof(SchedulerAnswer))]
[JsonSerializable(typeof(QueueStatusAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(EnqueuedAnswer))]
[JsonSerializable(typeof(BulkAnswer))]
[JsonSerializable(typeof(BulkLinesAnswer))]
[JsonSerializable(typeof(TakenLineAnswer))]
[JsonSerializable(typeof(ListAnswer<JobAnswer>))]
[JsonSerializable(typeof(ListAnswer<BatchAnswer>))]
[JsonSerializable(typeof(ListAnswer<RunAnswer>))]
[JsonSerializable(typeof(ListAnswer<ProviderAnswer>))]
[JsonSerializable(typeof(CallbackAnswer))]
[JsonSerializable(typeof(ListAnswer<CallbackAnswer>))]
[JsonSerializable(typeof(RedeliverRequest))]
[JsonSerializable(typeof(ProblemAnswer))]
[JsonSerializable(typeof(ProcessRequest))]
[JsonSerializable(typeof(ProcessAllRequest))]
[JsonSerializable(typeof(ResolveRequest))]
[JsonSerializable(typeof(BulkRequest))]
[JsonSerializable(typeof(ChangedAnswer))]
[JsonSerializable(typeof(SavingsAnswer))]
[JsonSerializable(typeof(MetricsAnswer))]
[JsonSerializable(typeof(ReportAnswer))]
[JsonSerializable(typeof(AlertsAnswer))]
[JsonSerializable(typeof(DashboardAnswer))]
[JsonSerializable(typeof(RealtimeCallsRequest))]
[JsonSerializable(typeof(RealtimeCallsAnswer))]
internal sealed partial class ControlJson : JsonSerializerContext
{
    /// <summary>The same without escaping what needs no escape in JSON.</summary>
    public static ControlJson Relaxed { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new UtcTimeConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
