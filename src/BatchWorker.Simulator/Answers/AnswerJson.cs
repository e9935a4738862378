using System.Text.Json.Serialization;

namespace BatchWorker.Simulator.Answers;

/// <summary>What every answer says: which bytes it answers, which marks they carry, how long they are.</summary>
internal sealed record AnswerText(string Echo, IReadOnlyList<string> Marks, int Chars);

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AnswerText))]
internal sealed partial class AnswerJson : JsonSerializerContext;
