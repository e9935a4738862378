using System.Globalization;
using System.Text.RegularExpressions;

namespace BatchWorker.Intake;

/// <summary>Times as RFC 3339 writes them: always with an offset.</summary>
internal static partial class Rfc3339
{
    private static readonly DateTimeOffset s_earliest = DateTimeOffset.UnixEpoch;

    /// <summary>Any number of digits after the second is read; what is finer than 100 ns is dropped.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        return Form().Match(text) is { Success: true } match
            && DateTimeOffset.TryParse(match.Groups["read"].Value + match.Groups["offset"].Value, CultureInfo.InvariantCulture, DateTimeStyles.None, out time)
            && time >= s_earliest;
    }

    [GeneratedRegex(@"\A(?<read>[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?)[0-9]{0,20}(?<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
