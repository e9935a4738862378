using System.Text.Json.Serialization;
using BatchWorker.Simulator.Engine;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.Control;

/// <summary>How the control plane reads and writes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(BehaviourOptions))]
[JsonSerializable(typeof(FaultRule))]
[JsonSerializable(typeof(ItemFate))]
[JsonSerializable(typeof(BatchFate))]
[JsonSerializable(typeof(LineMutation))]
[JsonSerializable(typeof(LedgerSummary))]
[JsonSerializable(typeof(IReadOnlyList<SeenRequest>))]
internal sealed partial class ControlJson : JsonSerializerContext;
