using Microsoft.Extensions.Logging;

namespace BatchWorker.EmbeddedStore;

/// <summary>Puts the categories of the store under one name, so that one rule filters them.</summary>
internal sealed class PrefixedLoggers(ILoggerFactory inner) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => inner.CreateLogger($"{EmbeddedServer.LogCategory}.{categoryName}");

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <summary>The loggers belong to whoever lent them.</summary>
    public void Dispose()
    {
    }
}
