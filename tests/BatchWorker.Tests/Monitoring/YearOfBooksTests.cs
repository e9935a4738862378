using BatchWorker.Monitoring;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using static BatchWorker.Tests.Fixtures.LedgerSteps;

namespace BatchWorker.Tests.Monitoring;

/// <summary>A year of 10,000 jobs a day, in five lanes; the time that the report takes is written to the output.</summary>
internal sealed class YearOfBooksTests(StoreKind kind) : RedisFixture(kind)
{
    private const int Days = 365;
    private const int Lanes = 5;
    private const int JobsPerLane = 2_000;

    [Test]
    public async Task The_report_of_a_year_is_read_from_daily_totals_alone()
    {
        var ledger = NewLedger();
        await WriteAsync(ledger);
        var reader = new ReportReader(ledger.Books, new DriftingBatches(ledger.Store, ledger.Batches));
        var report = await reader.ReadAsync(Days);
        Assert.That(report.Days, Has.Count.EqualTo(Days));
        Assert.That((report.Totals.Succeeded, report.Totals.Amounts.Saved), Is.EqualTo(((long)Days * Lanes * JobsPerLane, Days * 50m)));
        foreach (var format in new Func<Report, int>[] { _ => 0, found => ReportCsv.Write(found).Length, found => ReportPage.Write(found).Length })
        {
            var (best, size) = (TimeSpan.MaxValue, 0);
            for (var i = 0; i < 5; i++)
            {
                var begun = TimeProvider.System.GetTimestamp();
                size = format(await reader.ReadAsync(Days));
                best = TimeProvider.System.GetElapsedTime(begun) is var took && took < best ? took : best;
            }
            TestContext.Out.WriteLine($"{Kind}: {best.TotalMilliseconds:F0} ms at best, {size} characters");
        }
    }

    /// <summary>One batch for each day and lane: 2,000 answers at 0.01 USD.</summary>
    private static async Task WriteAsync(LedgerHarness ledger)
    {
        var book = new DayBook(ledger.Store);
        var today = DayBook.DayOf(ledger.Store.NowMs);
        var waits = WaitHistogram.Add(null, Enumerable.Range(1, 60).Select(i => i * 1_000_000L));
        for (var lane = 0; lane < Lanes; lane++)
        {
            var number = await ledger.LaneAsync(LedgerHarness.Chat with { Model = $"model-{lane}" });
            for (var day = today - Days + 1; day <= today; day++)
            {
                var page = await book.OpenAsync(day, number, day);
                var own = new DayTotals { Succeeded = JobsPerLane, RealtimePico = 20_000_000_000_000, BatchPico = 10_000_000_000_000, InputTokens = 4_000_000, OutputTokens = 1_000_000, BatchesSubmitted = 1, BatchesCompleted = 1, Waits = waits };
                await book.Write(DayBook.Expect(ledger.Store.Begin(), page), page, own).CommitAsync();
            }
        }
        await ledger.EnqueueAsync(Job());
    }
}
