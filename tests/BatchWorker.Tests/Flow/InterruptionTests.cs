using BatchWorker.Benchmarks;

namespace BatchWorker.Tests.Flow;

/// <summary>
/// The real daemon on its embedded store, killed in the moments around the call that spends money, with a provider that bills.
/// All moments, signals and replicas: <c>failpoints</c> of the harness.
/// </summary>
[Platform(Exclude = "Win", Reason = "Starts the daemon through /bin/sh.")]
internal sealed class InterruptionTests
{
    private const int PerProvider = 3;

    [TestCase(7, TestName = "Killed_before_the_create_call_it_sends_it_once")]
    [TestCase(8, TestName = "Killed_during_the_create_call_it_finds_the_batch")]
    [TestCase(9, TestName = "Killed_after_the_create_call_it_finds_the_batch")]
    [TestCase(15, TestName = "Killed_after_storing_answers_it_settles_each_once")]
    public async Task Nothing_is_lost_and_nothing_paid_twice(int point) =>
        Assert.That(await new FailpointRun(new FailpointCase(point, "KILL", Replicas: 1, Embedded: true), [.. Lines()]).RunAsync(), Is.Null);

    private static IEnumerable<WorkloadLine> Lines() => Enumerable.Range(0, PerProvider).SelectMany(i => new[]
    {
        $$$"""{"job_type":"creative_scoring","provider":"openai","data":{"model":"gpt-4o","messages":[{"role":"user","content":"Pitch {{{i}}}"}]}}""",
        $$$"""{"job_type":"historical_reprocessing","provider":"anthropic","data":{"model":"claude-haiku-4-5","max_tokens":300,"messages":[{"role":"user","content":"Pitch {{{i}}}"}]}}""",
        $$$"""{"job_type":"training_data_prep","provider":"gemini","data":{"model":"gemini-2.5-flash","contents":[{"role":"user","parts":[{"text":"Pitch {{{i}}}"}]}]}}""",
    }).Select(line => new WorkloadLine(line));
}
