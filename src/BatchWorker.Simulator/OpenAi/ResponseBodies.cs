using System.Runtime.InteropServices;
using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>Answers in the shape of each endpoint (OpenAI API reference).</summary>
internal static class ResponseBodies
{
    public const string Embeddings = "/v1/embeddings";
    private const string Chat = "/v1/chat/completions";
    private const string Responses = "/v1/responses";
    private const string Completions = "/v1/completions";
    private const string Moderations = "/v1/moderations";

    private static readonly string[] Categories =
    [
        "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm",
        "self-harm/instructions", "self-harm/intent", "sexual", "sexual/minors", "violence", "violence/graphic",
    ];

    /// <summary>Endpoints that batches may be for.</summary>
    public static IReadOnlyList<string> Endpoints { get; } = [Responses, Chat, Embeddings, Completions, Moderations];

    /// <summary>The endpoint can end an answer early because of its content.</summary>
    public static bool HasFinishReason(string endpoint) => endpoint is Chat or Responses or Completions;

    /// <summary>What an answer costs.</summary>
    public static ItemBill Bill(string endpoint, Answer answer, OpenAiSettings settings, bool filtered)
    {
        if (endpoint == Moderations)
        {
            return default;
        }
        var input = answer.Prompt.Tokens;
        if (!HasFinishReason(endpoint))
        {
            return new ItemBill(input, 0, 0);
        }
        var cached = (int)(input * settings.CachedFraction);
        return new ItemBill(input, cached, filtered ? 0 : answer.Tokens, Math.Min(input - cached, (int)(input * settings.CacheWriteFraction)));
    }

    public static object Of(string endpoint, Answer answer, ItemBill bill, bool filtered, long created) => endpoint switch
    {
        Chat => ChatBody(answer, bill, filtered, created),
        Responses => ResponsesBody(answer, bill, filtered, created),
        Completions => CompletionBody(answer, bill, filtered, created),
        Embeddings => EmbeddingsBody(answer, bill),
        Moderations => ModerationsBody(answer),
        _ => throw new ArgumentOutOfRangeException(nameof(endpoint)),
    };

    private static object ChatBody(Answer answer, ItemBill bill, bool filtered, long created) => new
    {
        id = $"chatcmpl-{answer.Echo}",
        @object = "chat.completion",
        created,
        model = answer.Prompt.Model,
        choices = new[]
        {
            new
            {
                index = 0,
                message = new { role = "assistant", content = filtered ? "" : answer.Text, refusal = (string?)null },
                logprobs = (object?)null,
                finish_reason = filtered ? "content_filter" : "stop",
            },
        },
        usage = CompletionUsage(bill),
    };

    private static object CompletionBody(Answer answer, ItemBill bill, bool filtered, long created) => new
    {
        id = $"cmpl-{answer.Echo}",
        @object = "text_completion",
        created,
        model = answer.Prompt.Model,
        choices = new[] { new { text = filtered ? "" : answer.Text, index = 0, logprobs = (object?)null, finish_reason = filtered ? "content_filter" : "stop" } },
        usage = CompletionUsage(bill),
    };

    private static object CompletionUsage(ItemBill bill) => new
    {
        prompt_tokens = bill.InputTokens,
        completion_tokens = bill.OutputTokens,
        total_tokens = bill.InputTokens + bill.OutputTokens,
        prompt_tokens_details = InputDetails(bill),
        completion_tokens_details = new { reasoning_tokens = 0 },
    };

    private static object InputDetails(ItemBill bill) =>
        bill.WrittenTokens == 0 ? new { cached_tokens = bill.CachedTokens } : new { cached_tokens = bill.CachedTokens, cache_write_tokens = bill.WrittenTokens };

    private static object ResponsesBody(Answer answer, ItemBill bill, bool filtered, long created) => new
    {
        id = $"resp_{answer.Echo}",
        @object = "response",
        created_at = created,
        status = filtered ? "incomplete" : "completed",
        error = (object?)null,
        incomplete_details = filtered ? new { reason = "content_filter" } : null,
        model = answer.Prompt.Model,
        output = new[]
        {
            new
            {
                id = $"msg_{answer.Echo}",
                type = "message",
                status = filtered ? "incomplete" : "completed",
                role = "assistant",
                content = new[] { new { type = "output_text", text = filtered ? "" : answer.Text, annotations = Array.Empty<object>() } },
            },
        },
        usage = new
        {
            input_tokens = bill.InputTokens,
            input_tokens_details = InputDetails(bill),
            output_tokens = bill.OutputTokens,
            output_tokens_details = new { reasoning_tokens = 0 },
            total_tokens = bill.InputTokens + bill.OutputTokens,
        },
    };

    private static object EmbeddingsBody(Answer answer, ItemBill bill) => new
    {
        @object = "list",
        data = Enumerable.Range(0, answer.Prompt.Inputs).Select(index => new { @object = "embedding", index, embedding = Embedding(answer, index) }),
        model = answer.Prompt.Model,
        usage = new { prompt_tokens = bill.InputTokens, total_tokens = bill.InputTokens },
    };

    private static object Embedding(Answer answer, int index)
    {
        var vector = EmbeddingVector.Of(answer, index);
        return answer.Prompt.Base64 ? Convert.ToBase64String(MemoryMarshal.AsBytes<float>(vector)) : vector;
    }

    private static object ModerationsBody(Answer answer) => new
    {
        id = $"modr-{answer.Echo}",
        model = answer.Prompt.Model,
        results = Enumerable.Range(0, answer.Prompt.Inputs).Select(_ => new
        {
            flagged = false,
            categories = Categories.ToDictionary(name => name, _ => false),
            category_scores = Categories.ToDictionary(name => name, _ => 0.0001),
        }),
    };
}
