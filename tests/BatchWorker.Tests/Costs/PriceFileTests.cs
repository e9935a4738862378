using System.Text.RegularExpressions;
using BatchWorker.Costs;
using BatchWorker.Lifecycle;

namespace BatchWorker.Tests.Costs;

internal sealed class PriceFileTests
{
    private const string Header = "provider,model,above_input_tokens,input,output,cached_input,batch_input,batch_output,batch_cached_input,source,as_of\n";

    [Test]
    public void Every_row_that_comes_with_the_program_says_who_states_it_and_when()
    {
        var rows = PriceFile.ReadEmbedded();
        Assert.That(rows, Has.Count.GreaterThan(200));
        Assert.That(rows.Select(row => row.Provider).Distinct(), Is.EquivalentTo(ProviderNames.All));
        Assert.That(rows.Where(row => row.Source.Length == 0 || !Regex.IsMatch(row.AsOf, @"^20\d\d-(0[1-9]|1[0-2])$")), Is.Empty);
    }

    [Test]
    public void Every_rate_that_comes_with_the_program_is_a_whole_number_of_pico_usd_for_a_token() =>
        Assert.That(() => new PriceBook(PriceFile.ReadEmbedded()), Throws.Nothing);

    [Test]
    public void No_batch_price_that_comes_with_the_program_is_above_the_standard_one() =>
        Assert.That(PriceFile.ReadEmbedded().Where(row => row.BatchInput > row.Input || row.BatchOutput > row.Output), Is.Empty);

    [Test]
    public void A_row_is_read_with_what_it_does_not_say_as_null()
    {
        var row = Read("# a comment\n\n" + Header + "gemini,m-1,200000,0.00005,,,1,,0.5,vendor,2026-10").Single();
        Assert.That(row, Is.EqualTo(new PriceRow
        {
            Provider = BatchWorker.Lifecycle.Provider.Gemini,
            Model = "m-1",
            AboveInputTokens = 200_000,
            Input = 0.00005m,
            BatchInput = 1m,
            BatchCachedInput = 0.5m,
            Source = "vendor",
            AsOf = "2026-10",
        }));
    }

    [Test]
    public void Two_more_columns_state_cache_writes_and_the_first_day()
    {
        var rows = Read(Header.TrimEnd() + ",cache_write,from\nopenai,m-1,0,1,,,,,,vendor,2026-10,1.25,2026-11-01\nopenai,m-1,0,2,,,,,,vendor,2026-10,,\n");
        Assert.That(rows.Select(row => (row.CacheWrite, row.From)), Is.EqualTo(new[] { ((decimal?)1.25m, (DateOnly?)new DateOnly(2026, 11, 1)), (null, null) }));
        Assert.That(() => Read(Header.TrimEnd() + ",cache_write,from\nopenai,m-1,0,1,,,,,,vendor,2026-10,,1.11.2026\n"), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("1.11.2026"));
    }

    [Test]
    public void Before_the_first_day_of_a_price_there_is_none()
    {
        var book = new PriceBook(Read(Header.TrimEnd() + ",cache_write,from\nopenai,m-1,0,1,,,,,,vendor,2026-10,,2026-11-01\n"));
        Assert.That(book.CostOf(BatchWorker.Lifecycle.Provider.OpenAi, "m-1", new Usage(1, 0, 0), new DateOnly(2026, 10, 31)), Is.Null);
        Assert.That(book.CostOf(BatchWorker.Lifecycle.Provider.OpenAi, "m-1", new Usage(1, 0, 0), new DateOnly(2026, 11, 1)), Is.Not.Null);
    }

    [TestCase("provider,model\n", "Line 1", TestName = "Other_columns")]
    [TestCase(Header + "openai,m,0,1,1,,,,,vendor", "Line 2", TestName = "A_value_missing")]
    [TestCase(Header + "# fine\nacme,m,0,1,1,,,,,vendor,2026-10", "Line 3", TestName = "An_unknown_provider")]
    [TestCase(Header + "openai,m,0,,1,,,,,vendor,2026-10", "input rate", TestName = "No_input_rate")]
    [TestCase(Header + "openai,m,0,-1,1,,,,,vendor,2026-10", "-1", TestName = "A_negative_rate")]
    [TestCase(Header + "openai,m,0,1e3,1,,,,,vendor,2026-10", "1e3", TestName = "An_exponent")]
    public void A_list_that_is_wrong_is_refused_with_its_place(string text, string place) =>
        Assert.That(() => Read(text), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(place));

    [TestCase("openai,m,0,0.0000015,1,,,,,v,2026-10", TestName = "A_rate_too_fine_to_be_exact")]
    [TestCase("openai,m,0,0.000001,1,,,,,v,2026-10", TestName = "A_rate_whose_half_is_too_fine_to_be_exact")]
    [TestCase("openai,m,5,1,1,,,,,v,2026-10", TestName = "No_lowest_tier")]
    [TestCase("openai,m,0,1,1,,,,,v,2026-10\nopenai,m,0,2,1,,,,,v,2026-10", TestName = "A_row_twice")]
    public void Rates_that_the_books_cannot_hold_are_refused(string rows) =>
        Assert.That(() => new PriceBook(Read(Header + rows)), Throws.InstanceOf<InvalidDataException>());

    private static List<PriceRow> Read(string text) => [.. PriceFile.Read(new StringReader(text))];
}
