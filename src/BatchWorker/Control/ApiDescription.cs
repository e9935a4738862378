using System.Globalization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace BatchWorker.Control;

/// <summary>What the API description says beside the paths and schemas that the framework finds.</summary>
internal sealed class ApiDescription : IOpenApiDocumentTransformer, IOpenApiOperationTransformer, IOpenApiSchemaTransformer
{
    private const string Scheme = "bearer";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "BatchWorker", Version = "1", Description = "Queues jobs for the batch APIs of LLM providers." };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Scheme,
                Description = "A key of BATCH_API_KEYS; not needed where none is set. An operation names the scope that the key must have.",
            },
        };
        return Task.CompletedTask;
    }

    /// <summary>Name, scope and query parameters of an operation.</summary>
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.OperationId = NameOf(context.Description.HttpMethod!, context.Description.RelativePath!);
        foreach (var parameter in metadata.OfType<QueryParameter>())
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = ParameterLocation.Query,
                Description = parameter.Description,
                Schema = new OpenApiSchema { Type = parameter.IsNumber ? JsonSchemaType.Integer : JsonSchemaType.String },
            });
        }
        var scope = metadata.OfType<NeedsScope>().Last().Scope;
        operation.Security =
        [
            new OpenApiSecurityRequirement
            {
                [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = scope == Scope.Any ? [] : [scope.ToString().ToLowerInvariant()],
            },
        ];
        return Task.CompletedTask;
    }

    /// <summary>Every documented field of an answer is there, null when unknown; only a problem leaves out what does not apply.</summary>
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (schema.Properties is { Count: > 0 } properties && type.Namespace == typeof(ApiDescription).Namespace
            && type != typeof(ProblemAnswer) && !type.Name.EndsWith("Request", StringComparison.Ordinal))
        {
            schema.Required = properties.Keys.ToHashSet();
        }
        return Task.CompletedTask;
    }

    /// <summary><c>GET batch/jobs/{id}</c> is <c>getBatchJobsById</c>: stable while the path is.</summary>
    private static string NameOf(string method, string path) =>
        method.ToLowerInvariant() + string.Concat(path.Split('/').Select(part => part.StartsWith('{') ? "By" + Pascal(part.Trim('{', '}')) : Pascal(part)));

    private static string Pascal(string words) =>
        string.Concat(words.Split('_', '-').Select(word => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(word)));
}
