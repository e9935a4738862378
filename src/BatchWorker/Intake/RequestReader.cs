using System.Text.Json;
using BatchWorker.JobTypes;
using BatchWorker.Lifecycle;

namespace BatchWorker.Intake;

/// <summary>The provider's request behind a job's <c>data</c>.</summary>
/// <param name="Endpoint">The provider's endpoint.</param>
/// <param name="Model">The model as a lane names it.</param>
/// <param name="Body">What is sent.</param>
/// <param name="InputUnits">Embedding inputs, at least 1.</param>
/// <param name="IsShortForm">A template made it.</param>
internal sealed record JobRequest(string Endpoint, string Model, byte[] Body, int InputUnits, bool IsShortForm);

/// <summary>
/// Reads <c>data</c>: a request for the provider, or the short form of one. It is a short form where the job type has a template for the
/// provider and there is no member of a request that the template does not take; so a request is never taken for a short form.
/// </summary>
internal sealed class RequestReader(JobTypeCatalog catalog)
{
    public const string Model = TemplateParser.Model;
    private const string Data = "data";
    private const string Endpoint = "endpoint";
    private const int LongestModel = 256;

    /// <summary>The request; null once something was refused.</summary>
    public JobRequest? Read(JobFields fields, Provider provider, string jobType, JsonElement data)
    {
        var shape = RequestShapes.Of(provider);
        return catalog.Find(jobType, provider) is { } template && IsShortForm(shape, template.Template, data)
            ? ReadShortForm(fields, shape, template, data)
            : ReadRequest(fields, shape, data, $"{jobType} has no short form for {provider.Wire()}");
    }

    private static bool IsShortForm(IRequestShape shape, Template template, JsonElement data) =>
        !data.TryGetProperty(Model, out _) && !shape.Members.Any(member => data.TryGetProperty(member, out _) && !template.Takes(member));

    private static JobRequest? ReadRequest(JobFields fields, IRequestShape shape, JsonElement data, string otherwise)
    {
        var model = ReadModel(fields, shape, data);
        var endpoint = ReadEndpoint(fields, shape) ?? shape.EndpointOf(data, model ?? "");
        if (endpoint is null)
        {
            fields.Refuse(Data, $"This is no request: it has none of {string.Join(", ", shape.Members)}; and {otherwise}.");
        }
        return model is null || endpoint is null ? null : new JobRequest(endpoint, model, shape.BodyOf(data), shape.InputUnits(endpoint, data), IsShortForm: false);
    }

    /// <summary>What the template makes is read like a request that came.</summary>
    private static JobRequest? ReadShortForm(JobFields fields, IRequestShape shape, ProviderTemplate template, JsonElement data)
    {
        var faults = template.Template.FindFaults(data);
        foreach (var fault in faults)
        {
            fields.Refuse($"{Data}/{FieldError.Token(fault.Field)}", fault.Detail);
        }
        if (faults.Count > 0)
        {
            return null;
        }
        using var made = JsonDocument.Parse(template.Template.Render(data));
        var endpoint = template.Endpoint ?? shape.EndpointOf(made.RootElement, template.Model)!;
        if (ReadEndpoint(fields, shape) is { } asked && asked != endpoint)
        {
            fields.Refuse(Endpoint, $"The short form of this job type goes to {endpoint}.");
        }
        return new JobRequest(endpoint, shape.ModelOf(template.Model)!, shape.BodyOf(made.RootElement), shape.InputUnits(endpoint, made.RootElement), IsShortForm: true);
    }

    /// <summary>The endpoint that the job names; null when it names none.</summary>
    private static string? ReadEndpoint(JobFields fields, IRequestShape shape)
    {
        if (!shape.TakesEndpoint)
        {
            if (fields.Find(Endpoint) is not null)
            {
                fields.Refuse(Endpoint, "Only jobs for openai name an endpoint.");
            }
            return null;
        }
        var asked = fields.Text(Endpoint);
        if (asked is not null && !shape.Endpoints.Contains(asked))
        {
            fields.Refuse(Endpoint, $"OpenAI batches take {string.Join(", ", shape.Endpoints)}.");
        }
        return asked;
    }

    private static string? ReadModel(JobFields fields, IRequestShape shape, JsonElement data)
    {
        if (data.TryGetProperty(Model, out var value) && value.ValueKind == JsonValueKind.String && JobFields.TryGetText(value, out var named)
            && IsModel(named) && shape.ModelOf(named) is { } model)
        {
            return model;
        }
        fields.Refuse($"{Data}/{Model}", "The name of a model is required.");
        return null;
    }

    /// <summary>Whether a text may name a model at all.</summary>
    public static bool IsModel(string named) => named.Length is > 0 and <= LongestModel && !named.Any(char.IsControl);
}
