using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using BatchWorker.Lifecycle;

namespace BatchWorker.JobTypes;

/// <summary>A key of the configuration that is wrong.</summary>
internal sealed record CatalogFault(string Key, string Detail);

/// <summary>
/// Reads job types from the configuration, <c>Batch:JobTypes:NAME:PROVIDER:{Model,Endpoint,Template}</c>, on top of those that are shipped.
/// </summary>
internal static partial class CatalogReader
{
    public const string Section = "Batch:JobTypes";
    private const string Model = "Model";
    private const string Endpoint = "Endpoint";
    private const string Text = "Template";

    /// <summary>The catalogue, or what is wrong.</summary>
    public static (JobTypeCatalog? Catalog, CatalogFault? Fault) Read(IConfigurationSection section)
    {
        var names = ShippedTemplates.Names.ToList();
        var drafts = ShippedTemplates.Read().ToDictionary();
        foreach (var jobType in section.GetChildren())
        {
            if (ReadJobType(jobType, drafts) is { } fault)
            {
                return (null, fault);
            }
            names.Add(jobType.Key);
        }
        var templates = new Dictionary<(string, Provider), ProviderTemplate>();
        foreach (var ((jobType, provider), draft) in drafts)
        {
            if (!TryFinish($"{Section}:{jobType}:{provider.Wire()}", draft, out var template, out var fault))
            {
                return (null, fault);
            }
            templates.Add((jobType, provider), template);
        }
        return (new JobTypeCatalog(names, templates), null);
    }

    private static CatalogFault? ReadJobType(IConfigurationSection jobType, Dictionary<(string, Provider), TemplateDraft> drafts)
    {
        if (!Name().IsMatch(jobType.Key))
        {
            return new CatalogFault(jobType.Path, "the name of a job type is 1 to 64 of a-z, 0-9 and _, a letter first.");
        }
        if (!string.IsNullOrEmpty(jobType.Value))
        {
            return new CatalogFault(jobType.Path, "a section with openai, anthropic or gemini is expected.");
        }
        foreach (var section in jobType.GetChildren())
        {
            if (!ProviderNames.TryParse(section.Key, out var provider))
            {
                return new CatalogFault(section.Path, "the providers are openai, anthropic and gemini.");
            }
            if (section.GetChildren().FirstOrDefault(key => !IsKnown(key)) is { } unknown)
            {
                return new CatalogFault(unknown.Path, $"{Model}, {Endpoint} and {Text} are expected, each a text; a {Text} is JSON in a text.");
            }
            drafts[(jobType.Key, provider)] = Merge(drafts.GetValueOrDefault((jobType.Key, provider)) ?? new TemplateDraft(), section);
        }
        return null;
    }

    private static bool IsKnown(IConfigurationSection key) =>
        new[] { Model, Endpoint, Text }.Contains(key.Key, StringComparer.OrdinalIgnoreCase) && !key.GetChildren().Any();

    private static TemplateDraft Merge(TemplateDraft below, IConfigurationSection section) =>
        new(ValueOf(section, Model) ?? below.Model, ValueOf(section, Endpoint) ?? below.Endpoint, ValueOf(section, Text) ?? below.Text);

    /// <summary>An empty value is none, as everywhere in the settings.</summary>
    private static string? ValueOf(IConfigurationSection section, string key) => section[key] is { Length: > 0 } value ? value : null;

    private static bool TryFinish(string key, TemplateDraft draft, [NotNullWhen(true)] out ProviderTemplate? template, [NotNullWhen(false)] out CatalogFault? fault)
    {
        template = null;
        fault = draft.Model is null ? new CatalogFault($"{key}:{Model}", "the name of a model is expected.")
            : draft.Text is null ? new CatalogFault($"{key}:{Text}", "a template is expected: the provider's request as JSON, with {{field}} in its texts.")
            : null;
        if (fault is not null)
        {
            return false;
        }
        if (!TemplateParser.TryParse(draft.Model!, draft.Text!, out var parsed, out var detail))
        {
            fault = new CatalogFault($"{key}:{Text}", detail);
            return false;
        }
        template = new ProviderTemplate(key, draft.Model!, draft.Endpoint, parsed);
        return true;
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
