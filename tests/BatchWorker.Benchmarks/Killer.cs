namespace BatchWorker.Benchmarks;

/// <summary>Kills servers at random moments and starts them again at once.</summary>
internal sealed class Killer(Stack stack, HarnessOptions options)
{
    private const int ShortestMs = 300;
    private const int LongestMs = 4000;
    private readonly Random _random = new(options.Seed);

    public async Task RunAsync()
    {
        var victims = Enumerable.Range(0, options.DaemonKills).Select(kill => stack.Replicas[kill % stack.Replicas.Count].Server).Concat(Enumerable.Repeat(stack.Redis, options.RedisKills)).ToArray();
        _random.Shuffle(victims);
        foreach (var victim in victims)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(ShortestMs, LongestMs)), TimeProvider.System);
            victim.Kill();
            victim.Start();
        }
    }
}
