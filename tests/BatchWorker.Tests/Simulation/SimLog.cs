using BatchWorker.Queue;
using Microsoft.Extensions.Logging;

namespace BatchWorker.Tests.Simulation;

/// <summary>What the engine says: where it has been, and failures that no fault of the simulation explains.</summary>
internal sealed class SimLog(History history, SimProcess process) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var facts = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        try
        {
            history.Said(process, eventId.Name ?? "", facts);
        }
        catch (Violation broken)
        {
            history.Break(broken); // thrown here it would be one more failure of the engine
        }
        if (exception is not null && !StoreFailures.IsAway(exception))
        {
            history.Surprise($"{process.Name} {eventId.Name}: {exception}");
        }
    }

    public void Dispose()
    {
    }
}
