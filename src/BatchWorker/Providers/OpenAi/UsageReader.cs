using System.Text.Json;
using BatchWorker.Lifecycle;

namespace BatchWorker.Providers.OpenAi;

/// <summary>
/// Reads the <c>usage</c> of an answer: <c>prompt_tokens</c>, <c>completion_tokens</c> (chat completions, completions, embeddings) or
/// <c>input_tokens</c>, <c>output_tokens</c> (responses). Moderations report none.
/// </summary>
internal static class UsageReader
{
    public static Usage Read(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("usage"u8);
            reader.Read();
            if (found && reader.TokenType == JsonTokenType.StartObject)
            {
                return Of(JsonElement.ParseValue(ref reader));
            }
            reader.Skip();
        }
        return default;
    }

    private static Usage Of(JsonElement usage) => new(
        Tokens(usage.NumberOf("prompt_tokens") ?? usage.NumberOf("input_tokens")),
        Tokens(usage.NumberOf("completion_tokens") ?? usage.NumberOf("output_tokens")),
        Tokens(Details(usage, "prompt_tokens_details") ?? Details(usage, "input_tokens_details")));

    private static long? Details(JsonElement usage, string name) =>
        usage.TryGetProperty(name, out var details) ? details.NumberOf("cached_tokens") : null;

    private static uint Tokens(long? reported) => (uint)Math.Clamp(reported ?? 0, 0, uint.MaxValue);
}
