namespace BatchWorker.Simulator.Answers;

/// <summary>What a request asks, as far as an answer and a bill depend on it.</summary>
internal record Prompt
{
    /// <summary>Null when the body names none.</summary>
    public string? Model { get; init; }

    /// <summary>UTF-16 characters of prompt text.</summary>
    public int Chars { get; init; }

    /// <summary>Prompt given as token numbers.</summary>
    public int NumberTokens { get; init; }

    /// <summary>Texts to embed or to moderate; 1 for a single one.</summary>
    public int Inputs { get; init; }

    /// <summary>Length of an embedding; null when the body does not say.</summary>
    public int? Dimensions { get; init; }

    /// <summary>Embeddings are wanted as base64 of little-endian floats.</summary>
    public bool Base64 { get; init; }

    public bool Stream { get; init; }

    /// <summary>Characters / 4, rounded up, and each token number.</summary>
    public int Tokens => TokensOf(Chars) + NumberTokens;

    public static int TokensOf(int chars) => (chars + 3) / 4;
}
