using System.Security.Cryptography;
using System.Text;

namespace BatchWorker.Control.Pages;

/// <summary>The style and the script that stand in every page, and the policy that lets nothing else in.</summary>
internal static class PageAssets
{
    public static readonly string Style = Read("page.css");

    public static readonly string Script = Read("page.js");

    private static readonly string s_policy =
        $"default-src 'none'; style-src {HashOf(Style)}; script-src {HashOf(Script)}; img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>A page loads nothing from elsewhere, runs nothing but our script, stands in no frame and stays in no cache.</summary>
    public static void Guard(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = s_policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store";
    }

    private static string HashOf(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static string Read(string name)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
