using System.Text.Json;

namespace BatchWorker.Queue;

/// <summary>What the jobs with one value of a metadata key cost.</summary>
/// <param name="Jobs">Jobs that ended in a batch.</param>
/// <param name="Unpriced">Answers whose price is unknown.</param>
/// <param name="RealtimePico">Pico-USD at the real-time price.</param>
/// <param name="BatchPico">Pico-USD paid.</param>
internal sealed record ValueTotals(int Jobs, int Unpriced, long RealtimePico, long BatchPico)
{
    public static ValueTotals None { get; } = new(0, 0, 0, 0);

    public ValueTotals Plus(ValueTotals other, int sign = 1) => new(
        Jobs + (sign * other.Jobs), Unpriced + (sign * other.Unpriced), RealtimePico + (sign * other.RealtimePico), BatchPico + (sign * other.BatchPico));
}

/// <summary>Costs by the values of the configured metadata keys; a name is the key, a line feed and the value.</summary>
internal sealed class ValueSums(SortedDictionary<string, ValueTotals> sums)
{
    /// <summary>Different values of a key in one day and lane; whatever comes after them is <see cref="Other"/>.</summary>
    public const int MostValues = 100;

    /// <summary>Stands for every value beyond the bound.</summary>
    public const string Other = "other";
    private const char Separator = '\n';

    public static ValueSums None => new(new SortedDictionary<string, ValueTotals>(StringComparer.Ordinal));

    public IEnumerable<(string Key, string Value, ValueTotals Totals)> All =>
        sums.Select(sum => (sum.Key[..sum.Key.IndexOf(Separator, StringComparison.Ordinal)], sum.Key[(sum.Key.IndexOf(Separator, StringComparison.Ordinal) + 1)..], sum.Value));

    /// <summary>These and more for one value; a value that is new where there are too many is counted as another one.</summary>
    /// <param name="key">The metadata key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="totals">What is added.</param>
    /// <param name="page">The sums of the whole page, whose values are bounded.</param>
    public ValueSums Add(string key, string value, ValueTotals totals, ValueSums page)
    {
        var name = NameOf(key, value);
        var isKnown = sums.ContainsKey(name) || page.Has(name) || ValuesOf(key).Concat(page.ValuesOf(key)).Distinct().Count() < MostValues;
        return Plus(isKnown ? name : NameOf(key, Other), totals, 1);
    }

    /// <summary>The sum of a value; of all those beyond the bound when it has none of its own.</summary>
    public ValueTotals Of(string key, string value) =>
        sums.GetValueOrDefault(NameOf(key, value)) ?? sums.GetValueOrDefault(NameOf(key, Other)) ?? ValueTotals.None;

    /// <summary>The sums after one of their parts changed.</summary>
    public ValueSums Replace(ValueSums part, ValueSums by) => Plus(part, -1).Plus(by, 1);

    public ValueSums Plus(ValueSums others, int sign = 1) => others.All.Aggregate(this, (all, other) => all.Plus(NameOf(other.Key, other.Value), other.Totals, sign));

    public byte[] Pack() => JsonSerializer.SerializeToUtf8Bytes(sums, LedgerJson.Default.SortedDictionaryStringValueTotals);

    public static ValueSums Unpack(byte[]? bytes) => bytes is null ? None
        : new ValueSums(new SortedDictionary<string, ValueTotals>(JsonSerializer.Deserialize(bytes, LedgerJson.Default.SortedDictionaryStringValueTotals)!, StringComparer.Ordinal));

    private static string NameOf(string key, string value) => key + Separator + value;

    private bool Has(string name) => sums.ContainsKey(name);

    private IEnumerable<string> ValuesOf(string key) => sums.Keys.Where(name => name.StartsWith(key + Separator, StringComparison.Ordinal));

    private ValueSums Plus(string name, ValueTotals totals, int sign)
    {
        var copy = new SortedDictionary<string, ValueTotals>(sums, StringComparer.Ordinal);
        copy[name] = (copy.GetValueOrDefault(name) ?? ValueTotals.None).Plus(totals, sign);
        return new ValueSums(copy);
    }
}
