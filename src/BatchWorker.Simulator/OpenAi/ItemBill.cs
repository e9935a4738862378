using BatchWorker.Simulator.Answers;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>Tokens that one answer costs.</summary>
internal readonly record struct ItemBill(int InputTokens, int CachedTokens, int OutputTokens)
{
    public static ItemBill For(string endpoint, Answer answer, double cachedFraction, bool filtered)
    {
        if (!ResponseBodies.IsBilled(endpoint))
        {
            return default;
        }
        var input = answer.Prompt.Tokens;
        var output = filtered || !ResponseBodies.HasFinishReason(endpoint) ? 0 : answer.Tokens;
        return new ItemBill(input, ResponseBodies.HasFinishReason(endpoint) ? (int)(input * cachedFraction) : 0, output);
    }
}
