using System.Globalization;
using BatchWorker.Monitoring;
using BatchWorker.Queue;

namespace BatchWorker.Tests.Monitoring;

internal sealed class ReportTests
{
    private static readonly DateOnly s_today = new(2026, 11, 23);
    private const decimal Usd = 1_000_000_000_000m;

    [Test]
    public void Ten_thousand_evaluations_a_day_at_a_cent_save_eighteen_thousand_dollars_a_year_and_the_report_says_from_which_days()
    {
        var report = Seed(days: 30, dataDays: 10);
        var projection = report.Projection!;
        Assert.That((projection.RealtimePerDay, projection.BatchPerDay, projection.SavedPerDay, projection.SavedPerYear), Is.EqualTo((100m, 50m, 50m, 18_000m)));
        Assert.That(projection.Basis, Does.StartWith("The average of 9 UTC days, 2026-11-14 to 2026-11-22"), "today is not over");
        Assert.That(ReportPage.Write(report), Does.Contain("$100.00 &#x2192; $50.00 a day").Or.Contain("$100.00 → $50.00 a day").And.Contain("$18,000.00 a year").And.Contain("9 UTC days"));
    }

    [Test]
    public void Without_any_cost_nothing_is_projected() => Assert.That(Seed(days: 5, dataDays: 0).Projection, Is.Null);

    [Test]
    public void The_page_needs_nothing_else_and_has_its_charts_inside()
    {
        var page = ReportPage.Write(Seed(days: 30, dataDays: 30));
        Assert.That(page.Split("<svg").Length - 1, Is.EqualTo(2));
        Assert.That(page, Does.Not.Contain("<script").And.Not.Contain("src=").And.Not.Contain("href=").And.Not.Match("url\\([^#]").And.Not.Contain("@import"));
        Assert.That(page, Does.Contain("@media print").And.Contain("2026-11-23"));
    }

    [Test]
    public void What_callers_wrote_is_text_on_the_page()
    {
        var values = ValueSums.None.Add("tenant", "<img src=x onerror=alert(1)>", new ValueTotals(1, 0, 2, 1), ValueSums.None);
        var page = ReportPage.Write(Seed(days: 2, dataDays: 1) with { ByValue = values });
        Assert.That(page, Does.Contain("&lt;img src=x onerror=alert(1)&gt;").And.Not.Contain("<img"));
    }

    [Test]
    public void The_csv_has_a_line_for_every_day_and_plain_decimals()
    {
        var lines = ReportCsv.Write(Seed(days: 3, dataDays: 1)).Split("\r\n");
        Assert.That(lines, Is.EqualTo(new[] { "date,jobs,succeeded,failed,batches,realtime_cost,batch_cost,saved", "2026-11-21,0,0,0,0,0,0,0", "2026-11-22,0,0,0,0,0,0,0", "2026-11-23,10000,10000,0,1,100,50,50", "" }));
    }

    [Test]
    public void A_cell_of_unknown_price_is_empty_and_not_zero()
    {
        var sums = new ReportSums(1, 1, 0, 1, new Amounts(0, 0, 1, 1));
        Assert.That(ReportCsv.Write(new Report([new ReportDay(s_today, sums)], sums, null, ValueSums.None, 0)), Does.EndWith("2026-11-23,1,1,0,1,,,\r\n"));
    }

    [TestCase("=1+1", "'=1+1")]
    [TestCase("+1", "'+1")]
    [TestCase("-1", "'-1")]
    [TestCase("@SUM(A1)", "'@SUM(A1)")]
    [TestCase("\t=1", "\"'\t=1\"", Description = "quoted or not")]
    [TestCase("\r=1", "\"'\r=1\"")]
    [TestCase("\n=1", "\"'\n=1\"")]
    [TestCase("safe", "safe")]
    public void No_cell_begins_like_a_formula(string cell, string written)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = ReportCsv.Open(text))
        {
            ReportCsv.WriteLine(csv, [cell, "x"]);
        }
        Assert.That(text.ToString().Replace("\"", "", StringComparison.Ordinal), Is.EqualTo(written.Replace("\"", "", StringComparison.Ordinal) + ",x\r\n"));
    }

    [Test]
    public void A_day_that_cost_more_than_in_real_time_begins_with_no_minus()
    {
        var sums = new ReportSums(1, 1, 0, 1, new Amounts(Usd, 2 * Usd, 1, 0));
        Assert.That(ReportCsv.Write(new Report([new ReportDay(s_today, sums)], sums, null, ValueSums.None, 0)), Does.EndWith(",1,2,\"'-1\"\r\n"));
    }

    /// <summary>The seed scenario: 10,000 answers at 0.01 USD on each of the last days.</summary>
    private static Report Seed(int days, int dataDays)
    {
        var sums = new ReportSums(10_000, 10_000, 0, 1, new Amounts(100 * Usd, 50 * Usd, 10_000, 0));
        var none = new ReportSums(0, 0, 0, 0, Amounts.None);
        var all = Enumerable.Range(0, days).Select(i => new ReportDay(s_today.AddDays(1 - days + i), i >= days - dataDays ? sums : none)).ToArray();
        return new Report(all, sums, Projection.Of(all, s_today), ValueSums.None, 3);
    }
}
