namespace BatchWorker.Simulator.Anthropic;

/// <summary>The header <c>anthropic-version</c>.</summary>
internal static class ApiVersion
{
    /// <summary>The first version that refuses members which older ones take.</summary>
    public const string Strict = "2026-10-21";

    private const string Header = "anthropic-version";
    private static readonly string[] Known = ["2023-01-01", "2023-06-01", Strict];

    public static string Of(HttpRequest request) => request.Headers[Header].ToString();

    /// <summary>Null for a version that there is.</summary>
    public static AnthropicError? Refuse(HttpRequest request) => Of(request) switch
    {
        "" => AnthropicError.Invalid($"{Header}: header is required"),
        var version when !Known.Contains(version) => AnthropicError.Invalid($"{Header}: \"{version}\" is not a valid version for this header."),
        _ => null,
    };
}
