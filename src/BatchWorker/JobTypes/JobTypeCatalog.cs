using BatchWorker.Lifecycle;

namespace BatchWorker.JobTypes;

/// <summary>The job types that there are, and the templates of their short forms.</summary>
/// <param name="names">All of them.</param>
/// <param name="templates">By job type and provider; there is none where only requests are taken.</param>
internal sealed class JobTypeCatalog(IEnumerable<string> names, IReadOnlyDictionary<(string JobType, Provider Provider), ProviderTemplate> templates)
{
    /// <summary>What is there without any configuration.</summary>
    public static JobTypeCatalog Shipped { get; } = CatalogReader.Read(new ConfigurationBuilder().Build().GetSection(CatalogReader.Section)).Catalog!;

    /// <summary>Job types by name.</summary>
    public IReadOnlySet<string> Names { get; } = names.ToHashSet(StringComparer.Ordinal);

    public IEnumerable<KeyValuePair<(string JobType, Provider Provider), ProviderTemplate>> Templates => templates;

    /// <summary>The template of a job type for a provider; null where there is none.</summary>
    public ProviderTemplate? Find(string jobType, Provider provider) => templates.GetValueOrDefault((jobType, provider));
}
