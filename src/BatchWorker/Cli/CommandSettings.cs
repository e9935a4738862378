using BatchWorker.Settings;

namespace BatchWorker.Cli;

/// <summary>What commands read of the configuration, without the host of a daemon, whose start they would wait for.</summary>
internal static class CommandSettings
{
    public const string Url = "BATCH_URL";
    public const string Key = "BATCH_API_KEY";

    public static SettingsReader Read() => new(new ConfigurationBuilder()
        .SetBasePath(Directory.GetCurrentDirectory())
        .AddJsonFile("appsettings.json", optional: true)
        .AddEnvironmentVariables()
        .Build());

    public static string DataDirectory(SettingsReader settings) => Path.GetFullPath(settings.Text("BATCH_DATA_DIR") ?? DaemonSettings.DefaultDataDirectory);

    /// <summary>
    /// The daemon that is meant: <c>--url</c>, else <c>BATCH_URL</c>, else the one that runs on the data directory, else the default address.
    /// The key that is in a lock file goes to the daemon that wrote it and to no other.
    /// </summary>
    public static DaemonAddress Find(string? url, SettingsReader settings)
    {
        var key = settings.Secret(Key);
        if ((url ?? settings.Text(Url)) is { } named)
        {
            return Uri.TryCreate(named, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
                ? new DaemonAddress(address.GetLeftPart(UriPartial.Authority), 0, key)
                : throw new StartRefusal(ExitCodes.Usage, $"{(url is null ? Url : "--url")}: an http or https address is expected.");
        }
        var data = DataDirectory(settings);
        return Settings.DataDirectory.IsTaken(data) && Local(data) is { } local ? local with { Key = key ?? local.Key } : new DaemonAddress(BindGuard.DefaultUrls, 0, key);
    }

    private static DaemonAddress? Local(string data)
    {
        try
        {
            return Settings.DataDirectory.AddressIn(data);
        }
        catch (UnauthorizedAccessException)
        {
            throw new StartRefusal(ExitCodes.Forbidden, $"BATCH_DATA_DIR: {data} belongs to somebody else. Become its owner (sudo), or name the daemon with --url and its key with {Key}.");
        }
    }
}
