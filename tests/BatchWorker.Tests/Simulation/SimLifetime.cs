using Microsoft.Extensions.Hosting;

namespace BatchWorker.Tests.Simulation;

/// <summary>The host of a replica, as far as the rooms see it.</summary>
internal sealed class SimLifetime(Action stop) : IHostApplicationLifetime, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => _stopping.Token;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => stop();

    public void Cancel() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();
}
