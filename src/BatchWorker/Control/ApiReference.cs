using System.Security.Cryptography;
using Scalar.AspNetCore;

namespace BatchWorker.Control;

/// <summary><c>/scalar</c>: the API description as pages for people. Its script comes from this process; nothing is loaded from elsewhere.</summary>
internal static class ApiReference
{
    private const int NonceBytes = 16;

    public static void MapApiReference(this IEndpointRouteBuilder routes) => routes
        .MapScalarApiReference("/scalar", (options, context) =>
        {
            var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));
            context.Response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
            options.WithTitle("BatchWorker").WithOpenApiRoutePattern("/openapi/{documentName}.json").WithNonce(nonce)
                .DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideClientButton().HideDeveloperTools();
        })
        .WithMetadata(new NeedsScope(Scope.Any));
}
