using System.Globalization;
using BatchWorker.Costs;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Tests.Flow;

/// <summary>
/// What a bill comes to, worked out beside the product: from the shipped table and the providers' rules as PricingRuleTests cites them,
/// in decimal dollars, without a line of the room Costs. Models are told by name: which listed one a snapshot is, is the test's to say.
/// </summary>
internal sealed class IndependentBill
{
    private const decimal Million = 1_000_000m;
    private readonly ILookup<string, Dictionary<string, string>> _rows;

    public IndependentBill()
    {
        using var reader = new StreamReader(typeof(PriceFile).Assembly.GetManifestResourceStream("prices.csv")!);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').Select(line => line.Split(',')).ToArray();
        _rows = lines[1..].Select(values => lines[0].Zip(values).ToDictionary(column => column.First, column => column.Second)).ToLookup(row => row["provider"] + "/" + row["model"]);
    }

    /// <summary>Dollars in real time and in a batch.</summary>
    /// <param name="provider">Its name.</param>
    /// <param name="listed">The model as the table calls it.</param>
    /// <param name="item">What the provider has billed.</param>
    /// <param name="day">The day of the settlement.</param>
    public (decimal Realtime, decimal Batch) Of(string provider, string listed, ItemEntry item, DateOnly day)
    {
        var inForce = _rows[provider + "/" + listed].Where(row => row["from"].Length == 0 || DateOnly.ParseExact(row["from"], "yyyy-MM-dd", CultureInfo.InvariantCulture) <= day).ToArray();
        var newest = inForce.Max(row => row["from"]);
        var row = inForce.Where(row => row["from"] == newest && Number(row["above_input_tokens"]) < item.InputTokens).MaxBy(row => Number(row["above_input_tokens"]))!;
        var input = Number(row["input"])!.Value;
        var half = Number(row["batch_input"]) ?? input / 2;
        var output = Number(row["output"]);
        var (cached, written) = (Number(row["cached_input"]), Number(row["cache_write"]));
        var cachedInBatch = Number(row["batch_cached_input"]) ?? (provider == "gemini" ? cached : cached / 2) ?? half;
        var anthropic = provider == "anthropic";
        return (
            Sum(item, input, output ?? 0, cached ?? input, written ?? input * (anthropic ? 1.25m : 1), anthropic ? 2 * input : written ?? input),
            Sum(item, half, Number(row["batch_output"]) ?? output / 2 ?? 0, cachedInBatch, written / 2 ?? half * (anthropic ? 1.25m : 1), anthropic ? 2 * half : written / 2 ?? half));
    }

    private static decimal Sum(ItemEntry item, decimal input, decimal output, decimal cached, decimal written, decimal hour) =>
        (((item.InputTokens - item.CachedTokens - item.WrittenTokens) * input) + (item.CachedTokens * cached) + ((item.WrittenTokens - item.HourTokens) * written)
            + (item.HourTokens * hour) + (item.OutputTokens * output)) / Million;

    private static decimal? Number(string text) => text.Length == 0 ? null : decimal.Parse(text, CultureInfo.InvariantCulture);
}
