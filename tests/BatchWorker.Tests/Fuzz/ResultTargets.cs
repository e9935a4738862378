using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Providers.Anthropic;
using BatchWorker.Providers.Gemini;
using BatchWorker.Providers.Http;
using BatchWorker.Providers.OpenAi;

namespace BatchWorker.Tests.Fuzz;

/// <summary>What providers answer.</summary>
internal static class ResultTargets
{
    private const int LongestLine = 4 << 10;
    private static readonly DateTimeOffset s_now = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);
    private static readonly Redaction s_redaction = new(FuzzTarget.Canary);
    private static readonly OpenAiResultReader s_openAi = new(s_redaction);
    private static readonly AnthropicResultReader s_anthropic = new(s_redaction);
    private static readonly GeminiResultReader s_gemini = new(s_redaction);

    public static FuzzTarget[] All { get; } =
    [
        new("openai-results", file => CheckFile(file, s_openAi.Read), "\"custom_id\":", "\"response\":{", "\"status_code\":200", "\"body\":{", "\"usage\":{", "\"error\":", "\"prompt_tokens\":"),
        new("anthropic-results", file => CheckFile(file, s_anthropic.Read), "\"custom_id\":", "\"result\":{", "\"type\":\"succeeded\"", "\"type\":\"errored\"", "\"message\":{", "\"usage\":{", "\"error\":", "\"cache_creation\":{"),
        new("gemini-results", file => CheckFile(file, line => s_gemini.Read(line, isCancelled: file.Length % 2 == 0)), "\"key\":", "\"response\":{", "\"usageMetadata\":{", "\"error\":", "\"status\":", "\"metadata\":{", "\"tokenCount\":", "\"code\":"),
        new("retry-after", CheckRetryAfter, "Mon, 23 Nov 2026 02:00:10 GMT", "1e9", "Infinity"),
    ];

    private static void CheckFile(byte[] file, Func<Line, ResultLine?> read)
    {
        foreach (var line in ReadLinesAsync(file).GetAwaiter().GetResult())
        {
            Check(line, read(line));
        }
    }

    private static void Check(Line line, ResultLine? result)
    {
        if (result is null)
        {
            Assert.That(line.Unmarked.IsBlank);
            return;
        }
        Assert.That(result.Error is null, Is.EqualTo(result.Outcome == Outcome.Succeeded));
        if (result.Error is { } error)
        {
            Assert.That(error.Code, Is.Not.Empty.And.Not.Contain(FuzzTarget.Canary));
            Assert.That(error.Message, Has.Length.LessThanOrEqualTo(Redaction.Longest).And.Not.Contain(FuzzTarget.Canary));
        }
        if (result.Outcome != Outcome.Missing)
        {
            Assert.That(IsWhole(line), "only a whole line says anything");
        }
        if (result.Outcome == Outcome.Succeeded)
        {
            using var body = JsonDocument.Parse(result.Body, new JsonDocumentOptions { MaxDepth = 1_000 });
            Assert.That(body.RootElement.ValueKind, Is.EqualTo(JsonValueKind.Object));
            Assert.That(line.Bytes.Span.IndexOf(result.Body.Span), Is.Positive, "the answer is as it came");
        }
    }

    private static bool IsWhole(Line line)
    {
        try
        {
            using var document = JsonDocument.Parse(line.Unmarked.Bytes, new JsonDocumentOptions { MaxDepth = 1_000 });
            return document.RootElement.ValueKind == JsonValueKind.Object && !line.IsCut && Utf8.IsValid(line.Bytes.Span);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static async Task<List<Line>> ReadLinesAsync(byte[] file)
    {
        await using var reader = new LineReader(new MemoryStream(file), LongestLine);
        var lines = new List<Line>();
        do
        {
            while (reader.TryRead(out var line))
            {
                lines.Add(line);
            }
        }
        while (await reader.FillAsync(CancellationToken.None));
        return lines;
    }

    private static void CheckRetryAfter(byte[] value)
    {
        using var response = new HttpResponseMessage();
        var text = Encoding.Latin1.GetString(value);
        if (!response.Headers.TryAddWithoutValidation("Retry-After", text))
        {
            return;
        }
        var wait = RetryAfter.Of(response.Headers, s_now);
        Assert.That(wait, Is.Null.Or.InRange(TimeSpan.Zero, TimeSpan.FromHours(1)));
        if (int.TryParse(text, System.Globalization.NumberStyles.None, null, out var seconds))
        {
            Assert.That(wait, Is.EqualTo(TimeSpan.FromSeconds(Math.Min(seconds, 3600))));
        }
    }
}
