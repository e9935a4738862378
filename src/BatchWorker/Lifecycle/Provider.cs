namespace BatchWorker.Lifecycle;

/// <summary>The vendors whose batch APIs are spoken. The numbers are stored: never renumber.</summary>
internal enum Provider : byte
{
    OpenAi = 1,
    Anthropic = 2,
    Gemini = 3,
}

/// <summary>The names of the providers on the wire.</summary>
internal static class ProviderNames
{
    public static IReadOnlyList<Provider> All { get; } = [Provider.OpenAi, Provider.Anthropic, Provider.Gemini];

    public static string Wire(this Provider provider) => provider switch
    {
        Provider.OpenAi => "openai",
        Provider.Anthropic => "anthropic",
        Provider.Gemini => "gemini",
        _ => throw new ArgumentOutOfRangeException(nameof(provider)),
    };

    public static bool TryParse(string? text, out Provider provider)
    {
        provider = text switch
        {
            "openai" => Provider.OpenAi,
            "anthropic" => Provider.Anthropic,
            "gemini" => Provider.Gemini,
            _ => default,
        };
        return provider != default;
    }
}
