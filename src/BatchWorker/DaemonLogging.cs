namespace BatchWorker;

/// <summary>JSON lines for machines, short lines for a person at a terminal.</summary>
internal static class DaemonLogging
{
    private const string Utc = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    public static void AddDaemonLogging(this ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddFilter("Quartz", LogLevel.Warning).AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.Hosting", LogLevel.Warning);
        logging.AddFilter("Polly", LogLevel.Error).AddFilter("System.Net.Http", LogLevel.Warning);
        logging.AddFilter("Garnet", LogLevel.Warning).AddFilter("Garnet.ArgParser", LogLevel.Error);
        if (Console.IsOutputRedirected)
        {
            logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = Utc.TrimEnd();
            });
        }
        else
        {
            logging.AddSimpleConsole(simple =>
            {
                simple.SingleLine = true;
                simple.UseUtcTimestamp = true;
                simple.TimestampFormat = Utc;
            });
        }
    }
}
