using System.Globalization;
using System.Text.RegularExpressions;

namespace BatchWorker.Tests.Simulation.Vendors;

/// <summary>The requests of a history: a number, and whether a provider's validation refuses it.</summary>
internal static partial class Questions
{
    public static string Ask(int number, bool isPoison) => string.Create(CultureInfo.InvariantCulture, $"{{\"question\":{number},\"poison\":{(isPoison ? "true" : "false")}}}");

    public static int NumberOf(string request) => int.Parse(Number().Match(request).Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    public static bool IsPoison(string request) => request.Contains("\"poison\":true", StringComparison.Ordinal);

    [GeneratedRegex("\"question\":([0-9]+)")]
    private static partial Regex Number();
}
