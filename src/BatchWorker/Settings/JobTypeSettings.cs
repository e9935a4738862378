using System.Text;
using System.Text.Json;
using BatchWorker.Intake;
using BatchWorker.JobTypes;
using BatchWorker.Lifecycle;

namespace BatchWorker.Settings;

/// <summary>Reads the job types, and tries each template: what it makes must be a request for its provider.</summary>
internal static class JobTypeSettings
{
    public static JobTypeCatalog Read(SettingsReader settings)
    {
        var (catalog, fault) = CatalogReader.Read(settings.Group(CatalogReader.Section));
        if (catalog is null)
        {
            throw StartRefusal.Of(fault!.Key, fault.Detail);
        }
        foreach (var ((_, provider), template) in catalog.Templates)
        {
            Try(provider, template);
        }
        return catalog;
    }

    private static void Try(Provider provider, ProviderTemplate template)
    {
        var shape = RequestShapes.Of(provider);
        if (!RequestReader.IsModel(template.Model) || shape.ModelOf(template.Model) is null)
        {
            throw StartRefusal.Of(template.Key + ":Model", "the name of a model is expected.");
        }
        if (template.Endpoint is { } endpoint && !shape.Endpoints.Contains(endpoint))
        {
            throw StartRefusal.Of(template.Key + ":Endpoint", $"{string.Join(", ", shape.Endpoints)} is expected.");
        }
        using var sample = JsonDocument.Parse(Encoding.UTF8.GetBytes($"{{{string.Join(',', template.Template.Fields.Select(field => $"\"{field}\":\"x\""))}}}"));
        using var made = JsonDocument.Parse(template.Template.Render(sample.RootElement));
        if (template.Endpoint is null && shape.EndpointOf(made.RootElement, template.Model) is null)
        {
            throw StartRefusal.Of(template.Key + ":Template", $"a request with {string.Join(" or ", shape.Members)} is expected.");
        }
        if (made.RootElement.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True)
        {
            throw StartRefusal.Of(template.Key + ":Template", "a batch can not stream.");
        }
    }
}
