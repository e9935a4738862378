using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>Tokens of one message. The prompt's tokens are the sum of the first four.</summary>
/// <param name="Plain">Neither read from a cache nor written into one: <c>input_tokens</c>.</param>
/// <param name="Read">Read from a cache.</param>
/// <param name="Written">Written into a cache for five minutes.</param>
/// <param name="WrittenForHour">Written into a cache for an hour.</param>
/// <param name="Output">Tokens of the answer.</param>
internal readonly record struct MessageUsage(int Plain, int Read, int Written, int WrittenForHour, int Output)
{
    public ItemBill Bill => new(Plain + Read + Written + WrittenForHour, Read, Output, Written + WrittenForHour, WrittenForHour);

    public static MessageUsage Of(Answer answer, AnthropicSettings settings, bool refused)
    {
        var left = answer.Prompt.Tokens;
        return new MessageUsage
        {
            Read = Take(settings.CachedFraction, answer.Prompt.Tokens, ref left),
            Written = Take(settings.CacheWriteFraction, answer.Prompt.Tokens, ref left),
            WrittenForHour = Take(settings.CacheWriteHourFraction, answer.Prompt.Tokens, ref left),
            Plain = left,
            Output = refused ? 0 : answer.Tokens,
        };
    }

    public object ToWire() => new
    {
        input_tokens = Plain,
        output_tokens = Output,
        cache_creation_input_tokens = Written + WrittenForHour,
        cache_read_input_tokens = Read,
        cache_creation = new { ephemeral_1h_input_tokens = WrittenForHour, ephemeral_5m_input_tokens = Written },
        server_tool_use = (object?)null,
        service_tier = "batch",
        inference_geo = (string?)null,
        speed = "standard",
        output_tokens_details = (object?)null,
    };

    private static int Take(double fraction, int of, ref int left)
    {
        var taken = Math.Min(left, (int)(of * fraction));
        left -= taken;
        return taken;
    }
}
