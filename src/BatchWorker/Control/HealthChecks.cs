using System.Reflection;
using BatchWorker.Queue;

namespace BatchWorker.Control;

/// <summary>Looks at the parts of the daemon; the picture is kept for a moment, so that a flood of questions costs nothing.</summary>
internal sealed class HealthChecks(StorePing store, Rollbacks rollbacks, Switches switches, ProviderStates providers, DataDisk disk, TimeProvider time) : IDisposable
{
    public const string Healthy = "healthy";
    public const string Unhealthy = "unhealthy";
    private const string Degraded = "degraded";
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);
    private static readonly string s_version = typeof(HealthChecks).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
    private readonly SemaphoreSlim _one = new(1);
    private HealthAnswer? _last;
    private long _lookedAt;

    public async Task<HealthAnswer> LookAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_last is null || time.GetElapsedTime(_lookedAt) > s_fresh)
            {
                _last = await LookNowAsync();
                _lookedAt = time.GetTimestamp();
            }
            return _last;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<HealthAnswer> LookNowAsync()
    {
        var checks = new Dictionary<string, HealthCheckAnswer>();
        try
        {
            await store.PingAsync().WaitAsync(s_patience, time);
            checks["redis"] = await rollbacks.ReadAsync() is { } notice ? new HealthCheckAnswer(Degraded, DetailOf(notice)) : new HealthCheckAnswer(Healthy, null);
            checks["scheduler"] = await switches.IsSchedulerStoppedAsync() ? new HealthCheckAnswer("stopped", "Drains are halted by an operator.") : new HealthCheckAnswer(Healthy, null);
            foreach (var provider in await providers.ReadAsync())
            {
                checks[provider.Provider] = new HealthCheckAnswer(provider.Status, provider.Detail);
            }
        }
        catch (Exception failure) when (StoreFailures.IsAway(failure))
        {
            checks["redis"] = new HealthCheckAnswer(Unhealthy, "The store does not answer.");
        }
        checks["disk"] = disk.Look() is { } trouble ? new HealthCheckAnswer(Degraded, trouble) : new HealthCheckAnswer(Healthy, null);
        return new HealthAnswer(StatusOf(checks), s_version, checks);
    }

    private static string DetailOf(RollbackNotice notice) =>
        $"{Rollbacks.Code}: {notice.Detail}, noticed at {notice.Since:O}; " + (notice.LiftedAt is { } lifted ? $"submission goes on since {lifted:O}." : "nothing is submitted.");

    private static string StatusOf(Dictionary<string, HealthCheckAnswer> checks) =>
        checks["redis"].Status == Unhealthy ? Unhealthy
        : checks.Values.Any(check => check.Status is Degraded or "unauthorized" or "unavailable") ? Degraded
        : Healthy;
}
