namespace BatchWorker.Costs;

/// <summary>Least, expected and most of something.</summary>
internal readonly record struct Spread(decimal Low, decimal Expected, decimal High)
{
    public static Spread operator +(Spread left, Spread right) => left.Add(right);

    public Spread Add(Spread other) => new(Low + other.Low, Expected + other.Expected, High + other.High);
}

/// <summary>What a request is expected to use and to cost. It is for showing and reserving; the books know nothing of it.</summary>
/// <param name="Input">Tokens of the request.</param>
/// <param name="IsExact">Whether they were counted by the tokenizer of the model; otherwise they follow from the bytes.</param>
/// <param name="Output">Tokens of the answer.</param>
/// <param name="Pico">Pico-USD at the batch price; null when the price is unknown.</param>
internal sealed record RequestEstimate(decimal Input, bool IsExact, Spread Output, Spread? Pico)
{
    /// <summary>About 92 USD: what the most requests of any batch may hold back each, so that their sum is a number of 64 bits.</summary>
    public const long MostReserved = long.MaxValue / 100_000;

    /// <summary>What is held back of the budgets: whole pico-USD, nothing where the price is unknown.</summary>
    public long Reserved => Pico is { } pico ? (long)Math.Min(decimal.Ceiling(pico.Expected), MostReserved) : 0;
}
