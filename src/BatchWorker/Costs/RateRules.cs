using BatchWorker.Lifecycle;

namespace BatchWorker.Costs;

/// <summary>
/// How the rates of a request follow from what the sources state; pure.
/// <list type="bullet">
/// <item>A batch rate that is not stated is half the standard one: so all three vendors document.</item>
/// <item>Cached input without a rate costs what other input costs.</item>
/// <item>In a batch cached input costs half as well (Anthropic documents that its multipliers stack; OpenAI's batch table shows half the
/// cached rate, as read by BerriAI/litellm#39861); Gemini charges its standard cached rate there too.</item>
/// <item>What is written into the cache for five minutes costs what the list states, else 1.25 times the input rate at Anthropic and the input
/// rate elsewhere; for an hour Anthropic charges twice the input rate. In a batch each is half.</item>
/// </list>
/// </summary>
internal static class RateRules
{
    private const decimal Half = 0.5m;
    private const decimal AnthropicWrite = 1.25m;
    private const decimal AnthropicHourWrite = 2m;
    private const decimal PicoPerMillionth = 1_000_000m;

    public static TokenRates Realtime(PriceRow row) => Rates(row, row.Input, row.Output, row.CachedInput ?? row.Input, row.CacheWrite);

    public static TokenRates Batch(PriceRow row)
    {
        var input = row.BatchInput ?? row.Input * Half;
        return Rates(row, input, row.BatchOutput ?? row.Output * Half, row.BatchCachedInput ?? CachedInBatch(row) ?? input, row.CacheWrite * Half);
    }

    private static decimal? CachedInBatch(PriceRow row) => row.Provider == Provider.Gemini ? row.CachedInput : row.CachedInput * Half;

    private static TokenRates Rates(PriceRow row, decimal input, decimal? output, decimal cached, decimal? stated)
    {
        var isAnthropic = row.Provider == Provider.Anthropic;
        var write = stated ?? (input * (isAnthropic ? AnthropicWrite : 1));
        return new TokenRates
        {
            Input = Pico(row, input),
            Output = output is null ? null : Pico(row, output.Value),
            CachedInput = Pico(row, cached),
            CacheWrite = Pico(row, write),
            HourCacheWrite = Pico(row, isAnthropic ? input * AnthropicHourWrite : write),
        };
    }

    /// <summary>A rate too fine for whole pico-USD is refused when the list is read: the books would have to round.</summary>
    private static long Pico(PriceRow row, decimal usdPerMillion)
    {
        var pico = usdPerMillion * PicoPerMillionth;
        return pico == decimal.Truncate(pico) ? (long)pico : throw new InvalidDataException($"{row.Model} has a rate of {usdPerMillion} USD for a million tokens, which is finer than 10^-12 USD for one.");
    }
}
