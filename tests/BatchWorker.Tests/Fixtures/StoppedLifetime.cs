using Microsoft.Extensions.Hosting;

namespace BatchWorker.Tests.Fixtures;

/// <summary>A host that only remembers that it was told to stop.</summary>
internal sealed class StoppedLifetime : IHostApplicationLifetime
{
    public bool HasStopped { get; private set; }

    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => CancellationToken.None;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => HasStopped = true;
}
