using BatchWorker.Settings;
using BatchWorker.Telemetry;
using BatchWorker.Tests.Architecture;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Telemetry;

/// <summary>Failpoints are off unless a process is started with both of their variables.</summary>
internal sealed class FailpointTests
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);

    [Test]
    public void Every_failpoint_is_at_one_place_of_the_daemon()
    {
        var hits = House.Load().Files
            .SelectMany(file => file.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>())
            .Where(call => call.Expression.ToString() == $"{nameof(Failpoints)}.{nameof(Failpoints.HitAsync)}")
            .Select(call => call.ArgumentList.Arguments.Single().ToString());
        Assert.That(hits, Is.EquivalentTo(Enum.GetNames<Failpoint>().Select(name => $"{nameof(Failpoint)}.{name}")));
    }

    [TestCase("F8:/tmp/x", "true", ExpectedResult = "F8"), TestCase("F18:C:/x", "true", ExpectedResult = "F18")]
    [TestCase("F8:/tmp/x", null, ExpectedResult = null), TestCase("F8:/tmp/x", "1", ExpectedResult = null), TestCase(null, "true", ExpectedResult = null)]
    [TestCase("F8", "true", ExpectedResult = null), TestCase("F8:", "true", ExpectedResult = null), TestCase("F20:/tmp/x", "true", ExpectedResult = null), TestCase("99:/tmp/x", "true", ExpectedResult = null)]
    public string? It_is_armed_by_a_point_and_a_file_and_the_switch(string? text, string? allowed) => HeldAt.Parse(text, allowed)?.ToString();

    [Test]
    public void A_daemon_that_asks_for_one_without_the_switch_does_not_start()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("BATCH_FAILPOINT", "F8:/tmp/x")]).Build();
        Assert.That(() => DaemonSettings.Read(new SettingsReader(settings)), Throws.TypeOf<StartRefusal>().With.Message.Contains("BATCH_ALLOW_FAILPOINTS"));
    }

    [Test]
    public async Task The_process_is_held_there_once_for_as_long_as_the_file_is_there()
    {
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, TestContext.CurrentContext.Test.ID);
        var time = new FakeTimeProvider();
        var point = new HeldAt(Failpoint.F8, file, time);
        Assert.That(point.HitAsync(Failpoint.F7).IsCompletedSuccessfully, Is.True);
        var first = point.HitAsync(Failpoint.F8);
        Assert.That(point.HitAsync(Failpoint.F8).IsCompletedSuccessfully, Is.True, "once");
        while (!File.Exists(file))
        {
            await Task.Yield();
        }
        time.Advance(s_look);
        Assert.That(first.IsCompleted, Is.False);
        File.Delete(file);
        while (!first.IsCompleted)
        {
            time.Advance(s_look);
            await Task.Yield();
        }
        await first;
    }
}
