using System.Text.RegularExpressions;
using BatchWorker.Lifecycle;

namespace BatchWorker.Costs;

/// <summary>
/// Which listed model a caller's model is: the longest listed name that it begins with, where nothing but a snapshot's version follows.
/// <c>gpt-4o-2024-11-20</c> is a <c>gpt-4o</c>; <c>gpt-4o-mini-tts</c> is no <c>gpt-4o-mini</c> and <c>claude-opus-5-6</c> no
/// <c>claude-opus-5</c>: those are models of their own, and a price that is not known is better than a wrong one.
/// </summary>
internal static partial class ModelName
{
    private const string FineTuned = "ft:";
    private const string GeminiCollection = "models/";

    /// <summary>Names to look for in the list, the longest first.</summary>
    public static IEnumerable<string> Candidates(Provider provider, string model)
    {
        var name = provider == Provider.Gemini && model.StartsWith(GeminiCollection, StringComparison.Ordinal) ? model[GeminiCollection.Length..] : model;
        yield return name;
        if (name.StartsWith(FineTuned, StringComparison.Ordinal) && name.IndexOf(':', FineTuned.Length) is > 0 and var owner)
        {
            name = name[..owner]; // ft:BASE:organization:suffix:id
            yield return name;
        }
        for (var cut = name.LastIndexOf('-'); cut > 0; cut = name.LastIndexOf('-', cut - 1))
        {
            if (Version().IsMatch(name.AsSpan(cut)))
            {
                yield return name[..cut];
            }
        }
    }

    /// <summary>A word for "the present one", a number of three or more digits, a date in the order of any of the three providers.</summary>
    [GeneratedRegex(@"^(-(latest|preview|\d{3,4}|\d{8}|\d{4}-\d\d-\d\d|\d\d-\d\d|\d\d-\d{4}))+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
