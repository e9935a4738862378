using System.Reflection;
using StackExchange.Redis;

namespace BatchWorker.Tests.Simulation.Store;

/// <summary>The client library towards the ledger: a connection whose every call goes to the simulation.</summary>
#pragma warning disable CA1852 // DispatchProxy derives from it
internal class DatabaseProxy : DispatchProxy
{
    private Func<StoreCall, Task> _send = _ => throw new InvalidOperationException("Not connected.");
    private IDatabase? _database;

    public static IConnectionMultiplexer Connect(Func<StoreCall, Task> send)
    {
        var database = Create<IDatabase, DatabaseProxy>();
        ((DatabaseProxy)(object)database)._send = send;
        var connection = Create<IConnectionMultiplexer, DatabaseProxy>();
        ((DatabaseProxy)(object)connection)._database = database;
        return connection;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        "GetDatabase" => _database,
        "Dispose" or "DisposeAsync" => targetMethod.ReturnType == typeof(ValueTask) ? ValueTask.CompletedTask : null,
        _ => _send(new StoreCall(targetMethod, args!)),
    };
}
