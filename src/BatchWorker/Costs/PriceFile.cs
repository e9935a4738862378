using System.Globalization;
using BatchWorker.Lifecycle;

namespace BatchWorker.Costs;

/// <summary>Reads price lists: comma-separated values without quotes, lines with <c>#</c> are comments.</summary>
internal static class PriceFile
{
    private const string Header = "provider,model,above_input_tokens,input,output,cached_input,batch_input,batch_output,batch_cached_input,source,as_of";
    private const string LongHeader = Header + ",cache_write,from";

    /// <summary>No model costs a dollar for one token: what is above is a mistake, and would not fit into the books.</summary>
    private const decimal HighestRate = 1_000_000m;

    /// <summary>The list that comes with the program.</summary>
    public static IReadOnlyList<PriceRow> ReadEmbedded()
    {
        using var stream = typeof(PriceFile).Assembly.GetManifestResourceStream("prices.csv")
            ?? throw new InvalidOperationException("The program was built without its price list.");
        using var reader = new StreamReader(stream);
        return [.. Read(reader)];
    }

    /// <summary>Throws <see cref="InvalidDataException"/> with the number of the line: a price that is misread is worse than none.</summary>
    public static IEnumerable<PriceRow> Read(TextReader reader)
    {
        var columns = 0;
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }
            if (columns > 0)
            {
                yield return Parse(line.Split(','), columns, number);
            }
            else if (line is not (Header or LongHeader))
            {
                throw Wrong(number, $"the columns must be {Header} and may end with cache_write,from");
            }
            else
            {
                columns = line.Split(',').Length;
            }
        }
    }

    private static PriceRow Parse(string[] values, int columns, int line) => new()
    {
        Provider = values.Length != columns ? throw Wrong(line, $"{columns} values are expected")
            : ProviderNames.TryParse(values[0], out var provider) ? provider
            : throw Wrong(line, $"{values[0]} is not a provider"),
        Model = values[1],
        AboveInputTokens = Tokens(values[2], line),
        Input = Amount(values[3], line) ?? throw Wrong(line, "an input rate is required"),
        Output = Amount(values[4], line),
        CachedInput = Amount(values[5], line),
        BatchInput = Amount(values[6], line),
        BatchOutput = Amount(values[7], line),
        BatchCachedInput = Amount(values[8], line),
        Source = values[9],
        AsOf = values[10],
        CacheWrite = values.Length > 11 ? Amount(values[11], line) : null,
        From = values.Length > 11 ? Day(values[12], line) : null,
    };

    private static DateOnly? Day(string text, int line) =>
        text.Length == 0 ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw Wrong(line, $"{text} is not a day like 2026-11-23");

    private static uint Tokens(string text, int line) =>
        text.Length == 0 ? 0
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) ? tokens
        : throw Wrong(line, $"{text} is not a number of tokens");

    private static decimal? Amount(string text, int line) =>
        text.Length == 0 ? null
        : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) && amount <= HighestRate ? amount
        : throw Wrong(line, $"{text} is not an amount");

    private static InvalidDataException Wrong(int line, string why) => new($"Line {line} of the price list: {why}.");
}
