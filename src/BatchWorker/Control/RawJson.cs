using System.Text.Json;
using System.Text.Json.Serialization;

namespace BatchWorker.Control;

/// <summary>JSON that is passed on byte for byte.</summary>
[JsonConverter(typeof(RawJsonConverter))]
internal sealed record RawJson(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Null for nothing.</summary>
    public static RawJson? Of(ReadOnlyMemory<byte>? bytes) => bytes is { Length: > 0 } some ? new RawJson(some) : null;
}

/// <summary>Writes it as it is; it was checked when it was taken.</summary>
internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Raw JSON is only written.");

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Bytes.Span, skipInputValidation: true);
}
