using System.Globalization;
using System.Text.RegularExpressions;

namespace BatchWorker.Intake;

/// <summary>Times as RFC 3339 writes them: always with an offset.</summary>
internal static partial class Rfc3339
{
    private static readonly DateTimeOffset s_earliest = DateTimeOffset.UnixEpoch;

    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        return Form().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out time)
            && time >= s_earliest;
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,7})?([Zz]|[+-]\d\d:\d\d)$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
