using Microsoft.Extensions.Logging;

namespace BatchWorker.EmbeddedStore;

/// <summary>
/// Puts the categories of the store under one name, so that one rule filters them, and tells of errors of its storage engine:
/// they reach nobody else, and a write that it could not flush stops it for good.
/// </summary>
internal sealed class WatchedLoggers(ILoggerFactory inner, Action onFailure) : ILoggerFactory
{
    private const string StorageEngine = "Tsavorite";

    public ILogger CreateLogger(string categoryName)
    {
        var logger = inner.CreateLogger($"{EmbeddedServer.LogCategory}.{categoryName}");
        return categoryName.StartsWith(StorageEngine, StringComparison.Ordinal) ? new WatchedLogger(logger, onFailure) : logger;
    }

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <summary>The loggers belong to whoever lent them.</summary>
    public void Dispose()
    {
    }

    private sealed class WatchedLogger(ILogger inner, Action onFailure) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
            if (logLevel >= LogLevel.Error)
            {
                onFailure();
            }
        }
    }
}
