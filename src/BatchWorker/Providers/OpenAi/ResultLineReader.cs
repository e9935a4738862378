using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using BatchWorker.Lifecycle;
using BatchWorker.Providers.Http;

namespace BatchWorker.Providers.OpenAi;

/// <summary>
/// Reads one line of an output or error file:
/// <c>{"custom_id", "response": {"status_code", "body"} | null, "error": {"code", "message"} | null}</c>.
/// </summary>
internal static class ResultLineReader
{
    private static readonly HashSet<string> s_retryable = ["server_error", "rate_limit_exceeded", "timeout", "overloaded", "internal_error"];

    /// <summary>A garbled line is an answer that was lost: its job is found by the audit.</summary>
    private static readonly ResultLine s_garbled = new() { Outcome = Outcome.Missing };

    public static ResultLine Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            return Utf8.IsValid(line.Span) ? Read(Parts.Of(line)) : s_garbled;
        }
        catch (Exception garbled) when (garbled is JsonException or InvalidOperationException)
        {
            return s_garbled;
        }
    }

    private static ResultLine Read(Parts parts)
    {
        if (parts.Error is { } error)
        {
            return Failed(parts, error.TextOf("code") ?? "unknown", error.TextOf("message") ?? "", null);
        }
        if (parts.Status is not { } status || parts.Body is not { } body)
        {
            return s_garbled with { CustomId = parts.CustomId };
        }
        if (status is < 200 or >= 300)
        {
            using var document = JsonDocument.Parse(body);
            var reason = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var inner) ? inner : default;
            var fallback = "http_" + status.ToString(CultureInfo.InvariantCulture);
            return Failed(parts, reason.TextOf("code") ?? reason.TextOf("type") ?? fallback, reason.TextOf("message") ?? fallback, status);
        }
        return new ResultLine { CustomId = parts.CustomId, Outcome = Outcome.Succeeded, Body = body, Usage = UsageReader.Read(body), StatusCode = status };
    }

    /// <summary>429 and 5xx may go well next time, as may a few codes outside HTTP; other refusals will not.</summary>
    private static ResultLine Failed(Parts parts, string code, string message, int? status) => new()
    {
        CustomId = parts.CustomId,
        Outcome = code switch { "batch_expired" => Outcome.Expired, "batch_cancelled" => Outcome.Cancelled, _ => Outcome.Failed },
        Error = new JobError(ProviderText.Clean(code), ProviderText.Clean(message), IsRetryable(code, status)),
        StatusCode = status ?? 0,
    };

    private static bool IsRetryable(string code, int? status) =>
        status is { } known ? known is 408 or 409 or 429 or >= 500 : code == "batch_expired" || s_retryable.Contains(code);

    /// <summary>The members that matter; the body as the bytes that came.</summary>
    private sealed record Parts(string? CustomId, int? Status, ReadOnlyMemory<byte>? Body, JsonElement? Error)
    {
        public static Parts Of(ReadOnlyMemory<byte> line)
        {
            var reader = new Utf8JsonReader(line.Span);
            var parts = new Parts(null, null, null, null);
            Expect(ref reader, JsonTokenType.StartObject);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                switch (name)
                {
                    case "custom_id" when reader.TokenType == JsonTokenType.String:
                        parts = parts with { CustomId = reader.GetString() };
                        break;
                    case "error" when reader.TokenType == JsonTokenType.StartObject:
                        parts = parts with { Error = JsonElement.ParseValue(ref reader) };
                        break;
                    case "response" when reader.TokenType == JsonTokenType.StartObject:
                        parts = ReadResponse(ref reader, line, parts);
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }
            return reader.Read() ? throw new JsonException("There is more than one value on the line.") : parts;
        }

        private static Parts ReadResponse(ref Utf8JsonReader reader, ReadOnlyMemory<byte> line, Parts parts)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                if (name == "status_code" && reader.TokenType == JsonTokenType.Number)
                {
                    parts = parts with { Status = reader.GetInt32() };
                }
                else if (name == "body" && reader.TokenType == JsonTokenType.StartObject)
                {
                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    parts = parts with { Body = line[start..(int)reader.BytesConsumed] };
                }
                else
                {
                    reader.Skip();
                }
            }
            return parts;
        }

        private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
        {
            if (!reader.Read() || reader.TokenType != token)
            {
                throw new JsonException("The line is no object.");
            }
        }
    }
}
