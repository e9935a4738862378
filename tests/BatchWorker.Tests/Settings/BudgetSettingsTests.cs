using BatchWorker.Queue;
using BatchWorker.Settings;
using Microsoft.Extensions.Configuration;

namespace BatchWorker.Tests.Settings;

internal sealed class BudgetSettingsTests
{
    private static readonly string[] s_keys = ["tenant"];
    private static readonly string[] s_types = ["creative_scoring"];

    [Test]
    public void Caps_are_read_as_they_are_written()
    {
        var budgets = Read("100/day, 2000.50/month, 50/day job_type=creative_scoring, 300/month tenant=acme,20/day tenant=*");
        Assert.That(budgets, Is.EqualTo(new[]
        {
            new Budget(100_000_000_000_000m, BudgetPeriod.Day),
            new Budget(2_000_500_000_000_000m, BudgetPeriod.Month),
            new Budget(50_000_000_000_000m, BudgetPeriod.Day, "job_type", "creative_scoring"),
            new Budget(300_000_000_000_000m, BudgetPeriod.Month, "tenant", "acme"),
            new Budget(20_000_000_000_000m, BudgetPeriod.Day, "tenant", "*"),
        }));
        Assert.That(budgets.Select(budget => budget.ToString()), Is.EqualTo(new[] { "100/day", "2000.5/month", "50/day job_type=creative_scoring", "300/month tenant=acme", "20/day tenant=*" }));
        Assert.That(Read(null), Is.Empty);
    }

    [TestCase("100"), TestCase("100/week"), TestCase("-1/day"), TestCase("1e3/day"), TestCase("100/day tenant"), TestCase("100/day tenant="), TestCase("100/day,"), TestCase("1/day, 2/day")]
    [TestCase("1/day tenant=*, 2/day tenant=*"), TestCase("1/day campaign=x"), TestCase("1/day job_type=unheard_of"), TestCase("2000000000/day")]
    public void A_wrong_value_refuses_the_start_and_is_named(string text)
    {
        var refusal = Assert.Throws<StartRefusal>(() => Read(text))!;
        Assert.That(refusal.ExitCode, Is.EqualTo(StartRefusal.Configuration));
        Assert.That(refusal.Message, Does.StartWith("BATCH_BUDGETS: "));
    }

    private static IReadOnlyList<Budget> Read(string? text) =>
        BudgetSettings.Read(new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("BATCH_BUDGETS", text)]).Build()), s_keys, s_types);
}
