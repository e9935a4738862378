namespace BatchWorker.Benchmarks;

/// <summary>Waits until nothing waits and no batch is open, and drains what came back meanwhile.</summary>
internal static class Completion
{
    private const int DrainEvery = 5;
    private const int TellEvery = 15;
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    /// <param name="client">Speaks to the daemon.</param>
    /// <param name="daemon">The daemon.</param>
    /// <param name="most">So long it may take.</param>
    /// <param name="output">Told how far it is; null for nobody.</param>
    public static async Task WaitAsync(Client client, Replica daemon, TimeSpan most, TextWriter? output)
    {
        var begun = TimeProvider.System.GetTimestamp();
        for (var rounds = 0; ; rounds++)
        {
            var queue = await client.SendAsync(HttpMethod.Get, "/batch/queue/status");
            var active = await client.SendAsync(HttpMethod.Get, "/batch/batches?active=true&limit=1000");
            var waiting = queue.GetProperty("total").GetInt64();
            var open = active.GetProperty("items").GetArrayLength();
            if (waiting == 0 && open == 0)
            {
                return;
            }
            if (waiting > 0 && rounds % DrainEvery == DrainEvery - 1)
            {
                await client.SendAsync(HttpMethod.Post, "/batch/process/all");
            }
            var elapsed = TimeProvider.System.GetElapsedTime(begun);
            if (rounds % TellEvery == TellEvery - 1)
            {
                output?.WriteLine($"  {elapsed.TotalSeconds:F0} s: {waiting} wait, {open} batches are open");
            }
            if (daemon.Server.HasEnded || elapsed > most)
            {
                throw new InvalidOperationException($"{(daemon.Server.HasEnded ? "The daemon has ended by itself" : $"After {elapsed.TotalSeconds:F0} s {waiting} jobs wait and {open} batches are open")}; see {daemon.Log}.");
            }
            await Task.Delay(s_look, TimeProvider.System);
        }
    }
}
