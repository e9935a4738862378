using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BatchWorker.Simulator.Answers;

/// <summary>Answers as functions of the request: the text says which bytes it answers.</summary>
internal static class AnswerBodies
{
    private const long Created = 1_764_000_000;

    /// <summary>16 hex digits of the SHA-256 of the request's bytes.</summary>
    public static string EchoOf(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body))[..16];

    public static byte[] Of(string endpoint, RequestLine request)
    {
        var text = TextOf(request);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            switch (endpoint)
            {
                case "/v1/chat/completions":
                    WriteChat(json, request, text);
                    break;
                case "/v1/responses":
                    WriteResponse(json, request, text);
                    break;
                case "/v1/embeddings":
                    WriteEmbeddings(json, request);
                    break;
                case "/v1/moderations":
                    WriteModeration(json, request);
                    break;
                default:
                    WriteCompletion(json, request, text);
                    break;
            }
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static string TextOf(RequestLine request) =>
        JsonSerializer.Serialize(new AnswerText(EchoOf(request.Body), request.Marks, request.Body.Length), AnswerJson.Default.AnswerText);

    private static void WriteChat(Utf8JsonWriter json, RequestLine request, string text)
    {
        WriteHead(json, "chatcmpl-", "chat.completion", "created", request);
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        json.WriteString("content", text);
        json.WriteNull("refusal");
        json.WriteEndObject();
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", "stop");
        json.WriteEndObject();
        json.WriteEndArray();
        WriteUsage(json, "prompt_tokens", "completion_tokens", request, text.Length);
    }

    private static void WriteResponse(Utf8JsonWriter json, RequestLine request, string text)
    {
        WriteHead(json, "resp_", "response", "created_at", request);
        json.WriteString("status", "completed");
        json.WriteStartArray("output");
        json.WriteStartObject();
        json.WriteString("type", "message");
        json.WriteString("role", "assistant");
        json.WriteStartArray("content");
        json.WriteStartObject();
        json.WriteString("type", "output_text");
        json.WriteString("text", text);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        WriteUsage(json, "input_tokens", "output_tokens", request, text.Length);
    }

    private static void WriteEmbeddings(Utf8JsonWriter json, RequestLine request)
    {
        json.WriteString("object", "list");
        json.WriteString("model", request.Model);
        json.WriteStartArray("data");
        var hash = SHA256.HashData(request.Body);
        for (var i = 0; i < request.Inputs; i++)
        {
            json.WriteStartObject();
            json.WriteString("object", "embedding");
            json.WriteNumber("index", i);
            json.WriteStartArray("embedding");
            foreach (var part in hash[..4])
            {
                json.WriteNumberValue(part / 256m);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteUsage(json, "prompt_tokens", null, request, 0);
    }

    private static void WriteModeration(Utf8JsonWriter json, RequestLine request)
    {
        json.WriteString("id", "modr-" + EchoOf(request.Body));
        json.WriteString("model", request.Model);
        json.WriteStartArray("results");
        json.WriteStartObject();
        json.WriteBoolean("flagged", false);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteCompletion(Utf8JsonWriter json, RequestLine request, string text)
    {
        WriteHead(json, "cmpl-", "text_completion", "created", request);
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteString("text", text);
        json.WriteString("finish_reason", "stop");
        json.WriteEndObject();
        json.WriteEndArray();
        WriteUsage(json, "prompt_tokens", "completion_tokens", request, text.Length);
    }

    private static void WriteHead(Utf8JsonWriter json, string prefix, string kind, string created, RequestLine request)
    {
        json.WriteString("id", prefix + EchoOf(request.Body));
        json.WriteString("object", kind);
        json.WriteNumber(created, Created);
        json.WriteString("model", request.Model);
    }

    private static void WriteUsage(Utf8JsonWriter json, string input, string? output, RequestLine request, int characters)
    {
        var outputTokens = (characters + 3) / 4;
        json.WriteStartObject("usage");
        json.WriteNumber(input, request.InputTokens);
        if (output is not null)
        {
            json.WriteNumber(output, outputTokens);
        }
        json.WriteNumber("total_tokens", request.InputTokens + (output is null ? 0 : outputTokens));
        json.WriteEndObject();
    }
}
