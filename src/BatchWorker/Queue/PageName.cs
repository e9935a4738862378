using System.Globalization;

namespace BatchWorker.Queue;

/// <summary>A day and a lane in one word.</summary>
internal static class PageName
{
    public static string Of(long day, int lane) => string.Create(CultureInfo.InvariantCulture, $"{day}:{lane}");

    public static (long Day, int Lane) Parse(string name)
    {
        var at = name.IndexOf(':', StringComparison.Ordinal);
        return (long.Parse(name.AsSpan(0, at), CultureInfo.InvariantCulture), int.Parse(name.AsSpan(at + 1), CultureInfo.InvariantCulture));
    }
}
