using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace BatchWorker.Control;

/// <summary>What the API description says beside its paths.</summary>
internal sealed class ApiDescription : IOpenApiDocumentTransformer
{
    private const string Scheme = "bearer";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "BatchWorker", Version = "1", Description = "Queues jobs for the batch APIs of LLM providers." };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Scheme, Description = "A key of BATCH_API_KEYS; not needed where none is set." },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        return Task.CompletedTask;
    }
}
