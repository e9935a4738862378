using BatchWorker.Simulator.Answers;

namespace BatchWorker.Simulator.Gemini;

/// <summary>What a request asks.</summary>
internal sealed record GeminiPrompt : Prompt
{
    /// <summary>Files and inline bytes.</summary>
    public required IReadOnlyList<GeminiMedia> Media { get; init; }

    /// <summary>It has <c>contents</c> with something inside, as generation needs.</summary>
    public bool HasContents { get; init; }

    /// <summary>It has a <c>content</c> with something inside, as embedding needs.</summary>
    public bool HasContent { get; init; }

    /// <summary>It has a <c>responseJsonSchema</c>.</summary>
    public bool HasJsonSchema { get; init; }

    /// <summary>By what the caller knows the answer again.</summary>
    public GeminiTag Tag { get; init; }
}

/// <summary>What goes back to the caller with an answer.</summary>
/// <param name="Key">The key; null when the request has none.</param>
/// <param name="Metadata">The raw metadata of a request in a create call; null for none.</param>
internal readonly record struct GeminiTag(string? Key, byte[]? Metadata);
