using BatchWorker.Supervision;

namespace BatchWorker;

/// <summary>How a daemon is started.</summary>
internal sealed record DaemonStart
{
    /// <summary>Where it listens; null for what the configuration says.</summary>
    public string? Urls { get; init; }

    /// <summary>Whether it says only what went wrong, and says it apart from what a command prints.</summary>
    public bool Quiet { get; init; }

    /// <summary>Whether it waits for a Redis that does not answer, as a service does; a command says so and ends.</summary>
    public bool WaitsForStore { get; init; }

    /// <summary>Who is told how it goes; null for nobody.</summary>
    public ServiceWatch? Watch { get; init; }

    /// <summary>All there is of settings; null: environment and <c>appsettings.json</c>.</summary>
    public IReadOnlyDictionary<string, string?>? Settings { get; init; }

    public WebApplicationBuilder CreateBuilder()
    {
        var builder = WebApplication.CreateBuilder();
        if (Settings is not null)
        {
            builder.Configuration.Sources.Clear();
            builder.Configuration.AddInMemoryCollection(Settings);
        }
        if (Urls is not null)
        {
            builder.Configuration[WebHostDefaults.ServerUrlsKey] = Urls;
            builder.WebHost.UseUrls(Urls);
        }
        return builder;
    }

    public void AddLogging(ILoggingBuilder logging)
    {
        logging.AddDaemonLogging();
        if (Quiet)
        {
            logging.SetMinimumLevel(LogLevel.Error).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        }
    }
}
