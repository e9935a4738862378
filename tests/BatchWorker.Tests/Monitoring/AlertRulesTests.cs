using BatchWorker.Monitoring;
using BatchWorker.Queue;

namespace BatchWorker.Tests.Monitoring;

internal sealed class AlertRulesTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);
    private AlertBook _book = new();
    private AlertOptions _options = new();

    [SetUp]
    public void NewBook() => (_book, _options) = (new AlertBook(), new AlertOptions());

    [TestCase(4, 4, false, TestName = "Four_batches_are_too_few_to_judge")]
    [TestCase(5, 1, true, TestName = "One_of_five_is_above_ten_percent")]
    [TestCase(10, 1, false, TestName = "Ten_percent_is_not_above_ten_percent")]
    [TestCase(19, 2, true, TestName = "Two_of_nineteen_are_above_ten_percent")]
    public void Failure_rate(int ended, int failed, bool raised)
    {
        Look(new AlertFacts { Ended = ended, Failed = failed });
        Assert.That(Types(), Is.EqualTo(raised ? new[] { AlertRules.HighFailureRate } : []));
    }

    [Test]
    public void A_queue_that_trembles_around_the_threshold_is_one_alert()
    {
        foreach (var waiting in new[] { 10_000, 10_001, 9_999, 10_002, 8_001 })
        {
            Look(new AlertFacts { Waiting = waiting });
        }
        Assert.That(_book.Active.Single(), Is.EqualTo(new Alert("large_queue-20261123T020100Z", AlertRules.LargeQueue, null, "info", "8,001 jobs wait", 8_001, 10_000, s_now.AddMinutes(1))));
        Look(new AlertFacts { Waiting = 8_000 });
        Assert.That(_book.Active, Is.Empty);
        Assert.That(_book.Recent.Single().EndedAt, Is.EqualTo(s_now.AddMinutes(5)));
        Look(new AlertFacts { Waiting = 10_001 });
        Assert.That(_book.Active.Single().Id, Is.Not.EqualTo(_book.Recent.Single().Id), "another time, another alert");
    }

    [Test]
    public void A_stale_batch_is_named_until_it_ends()
    {
        _options = _options with { StaleHours = 0.5m };
        Look(new AlertFacts { Open = [new OpenBatchAge("batch_a", 0.5m), new OpenBatchAge("batch_b", 0.51m)] });
        Assert.That(_book.Active.Select(alert => (alert.Type, alert.Subject, alert.Severity)), Is.EqualTo(new[] { (AlertRules.StaleBatch, (string?)"batch_b", "warning") }));
        Look(new AlertFacts { Open = [new OpenBatchAge("batch_a", 0.52m)] });
        Assert.That(_book.Active.Select(alert => alert.Subject), Is.EqualTo(new[] { "batch_a" }));
        Assert.That(_book.Recent.Select(alert => alert.Subject), Is.EqualTo(new[] { "batch_b" }));
    }

    [Test]
    public void Each_milestone_is_told_once_though_the_sum_goes_down_and_up_again()
    {
        foreach (var saved in new[] { 999.99m, 1_000m, 1_500m, 900m, 1_100m, 3_200m, 3_300m })
        {
            Look(new AlertFacts { Saved = saved });
        }
        Assert.That(_book.Active.Where(alert => alert.Type == AlertRules.SavingsMilestone).Select(alert => alert.Threshold), Is.EquivalentTo(new[] { 1_000m, 3_000m }));
        Look(new AlertFacts { Saved = 3_400m }, days: 2);
        Assert.That(_book.Active, Is.Empty);
        Assert.That(_book.Recent, Has.Count.EqualTo(2));
        Assert.That(_book.Milestone, Is.EqualTo(3_000m));
    }

    [Test]
    public void A_model_without_a_price_is_named_until_it_has_one()
    {
        Look(new AlertFacts { Unpriced = [new UnpricedModel("acme-1", 3)] });
        Assert.That(_book.Active.Single().Message, Is.EqualTo("3 answers of acme-1 have no known price"));
        Look(new AlertFacts());
        Assert.That(_book.Active, Is.Empty);
    }

    /// <summary>One look a minute.</summary>
    private void Look(AlertFacts facts, int days = 0)
    {
        _book = AlertRules.Apply(_book, facts, _options, s_now.AddMinutes(_looks++).AddDays(days));
    }

    private int _looks;

    [SetUp]
    public void NewLooks() => _looks = 0;

    private string[] Types() => [.. _book.Active.Select(alert => alert.Type)];
}
