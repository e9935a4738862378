using System.Reflection;
using System.Text.Json;
using BatchWorker.Lifecycle;

namespace BatchWorker.JobTypes;

/// <summary>The job types that every installation knows, and the templates that come with it: one JSON file for each job type that has any.</summary>
internal static class ShippedTemplates
{
    public static readonly IReadOnlyList<string> Names = ["creative_scoring", "embedding_generation", "historical_reprocessing", "video_analysis", "training_data_prep"];

    private const string Suffix = ".template.json";

    public static IEnumerable<KeyValuePair<(string JobType, Provider Provider), TemplateDraft>> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var file in assembly.GetManifestResourceNames().Where(name => name.EndsWith(Suffix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(file)!;
            using var document = JsonDocument.Parse(stream);
            foreach (var provider in document.RootElement.EnumerateObject())
            {
                yield return KeyValuePair.Create((file[..^Suffix.Length], ProviderOf(provider.Name)), Draft(provider.Value));
            }
        }
    }

    private static Provider ProviderOf(string name) =>
        ProviderNames.TryParse(name, out var provider) ? provider : throw new InvalidDataException($"A shipped template is for {name}, which is no provider.");

    private static TemplateDraft Draft(JsonElement shipped) =>
        new(shipped.GetProperty("model").GetString(), Text: shipped.GetProperty("template").GetRawText());
}
