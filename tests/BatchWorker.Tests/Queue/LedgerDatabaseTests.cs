using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;
using StackExchange.Redis;

namespace BatchWorker.Tests.Queue;

/// <summary>A redis-server with a replica, both known to the client.</summary>
[CancelAfter(20_000)]
internal sealed class LedgerDatabaseTests
{
    [Test]
    public async Task A_replica_is_asked_nothing_however_long_the_primary_is_away(CancellationToken cancellationToken)
    {
        var primary = await RedisServer.StartAsync();
        await using var replica = await RedisServer.StartAsync();
        await replica.Server.ReplicaOfAsync(primary.Server.EndPoint);
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{primary.Address},{replica.Address},abortConnect=false,asyncTimeout=2000");
        var ledger = new LedgerDatabase(connection.GetDatabase());
        await ledger.HashSetAsync("hash", "field", "value");
        Assert.That((string?)await ledger.HashGetAsync("hash", "field"), Is.EqualTo("value"));

        await primary.DisposeAsync();
        var failure = await Assert.CatchAsync(async () =>
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await ledger.HashGetAsync("hash", "field"); // the client notices with its next answers
            }
        });
        Assert.That(StoreFailures.IsAway(failure!), Is.True, failure!.Message);
        Assert.That(connection.GetServer(replica.Address).IsConnected, Is.True);
        await Assert.CatchAsync(async () => await ledger.HashGetAsync("hash", "field"));
    }
}
