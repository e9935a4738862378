using System.Globalization;
using StackExchange.Redis;

namespace BatchWorker.Settings;

/// <summary>Reads <c>REDIS_URL</c>: <c>redis://[[user]:password@]host:port[/db]</c>, <c>rediss://</c>, or a StackExchange.Redis configuration string.</summary>
internal static class RedisUrl
{
    public const string Variable = "REDIS_URL";
    private const int DefaultPort = 6379;

    public static ConfigurationOptions Parse(string text)
    {
        var options = text.Contains("://", StringComparison.Ordinal) ? ParseUrl(text) : ParseString(text);
        return Tuned(options);
    }

    /// <summary>How we use every store.</summary>
    public static ConfigurationOptions Tuned(ConfigurationOptions options)
    {
        options.ClientName = "batchworker";
        options.AbortOnConnectFail = false;
        options.AllowAdmin = true; // the client counts INFO as administration
        options.IncludeDetailInExceptions = false; // it would put keys into logs
        options.AsyncTimeout = Math.Max(options.AsyncTimeout, 15_000);
        options.ReconnectRetryPolicy = new ExponentialRetry(100, 2_000);
        return options;
    }

    private static ConfigurationOptions ParseUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("redis" or "rediss") || url.Host.Length == 0)
        {
            throw StartRefusal.Of(Variable, "redis://[[user]:password@]host:port[/db] is expected.");
        }
        var options = new ConfigurationOptions { Ssl = url.Scheme == "rediss" };
        options.EndPoints.Add(url.Host.Trim('[', ']'), url.Port > 0 ? url.Port : DefaultPort);
        var credentials = url.UserInfo.Split(':', 2);
        options.User = credentials.Length == 2 && credentials[0].Length > 0 ? Uri.UnescapeDataString(credentials[0]) : null;
        options.Password = credentials.Length == 2 ? Uri.UnescapeDataString(credentials[1]) : null;
        var database = url.AbsolutePath.Trim('/');
        options.DefaultDatabase = database.Length == 0 ? null
            : int.TryParse(database, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw StartRefusal.Of(Variable, "the database must be a number.");
        return options;
    }

    private static ConfigurationOptions ParseString(string text)
    {
        try
        {
            var options = ConfigurationOptions.Parse(text);
            return options.EndPoints.Count > 0 ? options : throw StartRefusal.Of(Variable, "it names no server.");
        }
        catch (ArgumentException)
        {
            throw StartRefusal.Of(Variable, "it is neither an address nor a StackExchange.Redis configuration.");
        }
    }
}
