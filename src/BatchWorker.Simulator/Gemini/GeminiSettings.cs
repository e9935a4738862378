namespace BatchWorker.Simulator.Gemini;

/// <summary>How the simulated Gemini behaves. Limits are those of the documentation and may be lowered to meet them sooner.</summary>
internal sealed record GeminiSettings
{
    /// <summary>Accepted API keys; all belong to one project.</summary>
    public IReadOnlyList<string> Keys { get; init; } = ["AIza-simulator"];

    public GeminiPhases Phases { get; init; } = new();

    /// <summary>Prompt tokens that may be enqueued, by model without <c>models/</c>; <c>*</c> for every other one. A create over it is answered 429.</summary>
    public Dictionary<string, long> EnqueuedTokenLimit { get; init; } = [];

    /// <summary>Batches that have not ended; one more is answered 429.</summary>
    public int MaxConcurrentBatches { get; init; } = 100;

    /// <summary>Seconds that a 429 names in its <c>RetryInfo</c>; null for an answer without it, which is what batches seem to get.</summary>
    public double? RetryDelay { get; init; }

    /// <summary>Seconds until a new batch appears in lists.</summary>
    public double ListDelay { get; init; }

    /// <summary>Before every state. The specification says <c>BATCH_STATE_</c>, Google's own examples compare with <c>JOB_STATE_</c>.</summary>
    public string StatePrefix { get; init; } = "BATCH_STATE_";

    /// <summary>Inline answers come without their metadata, and so without their keys (googleapis/python-genai#1886, #2008).</summary>
    public bool DropInlineMetadata { get; init; }

    /// <summary>Inline embeddings stand in <c>output.inlinedResponses</c>, as the specification has it, instead of where the official client looks.</summary>
    public bool EmbedOutputBySpecification { get; init; }

    /// <summary>The answer to a create is only a name, without metadata (maximhq/bifrost#955).</summary>
    public bool BareCreate { get; init; }

    /// <summary>Answers to chunks of an upload come without <c>x-goog-upload-status</c>, though the bytes arrived.</summary>
    public bool OmitUploadStatus { get; init; }

    /// <summary>The first two answers of a result have each other's key (googleapis/python-genai#1909).</summary>
    public bool SwapKeys { get; init; }

    /// <summary>Codes of failed requests are HTTP statuses instead of those of google.rpc.</summary>
    public bool HttpCodes { get; init; }

    /// <summary>A request with <c>responseJsonSchema</c> gets an answer that makes no sense (crmne/ruby_llm#894).</summary>
    public bool JsonSchemaGarbage { get; init; }

    /// <summary>Share of a prompt's tokens that the answer reports as cached.</summary>
    public double CachedFraction { get; init; }

    /// <summary>Tokens of thought, as a multiple of the answer's tokens.</summary>
    public double ThoughtsFraction { get; init; }

    /// <summary>Seconds until an uploaded video is <c>ACTIVE</c>.</summary>
    public double VideoProcessing { get; init; }

    /// <summary>Bytes of a file. "2 GB", read strictly.</summary>
    public long MaxFileBytes { get; init; } = 2_000_000_000;

    /// <summary>Bytes of all files together.</summary>
    public long MaxStorageBytes { get; init; } = 20_000_000_000;

    /// <summary>Bytes of a create call with its requests inside. "20 MB", read strictly.</summary>
    public int MaxInlineBytes { get; init; } = 20_000_000;
}

/// <summary>Seconds that a batch spends in each state.</summary>
internal sealed record GeminiPhases
{
    public double Pending { get; init; } = 1;

    public double Running { get; init; } = 1;

    /// <summary>From the call to cancel until it shows; no state of its own.</summary>
    public double Cancelling { get; init; } = 1;

    /// <summary>Every phase of the same length.</summary>
    public static GeminiPhases All(double seconds) => new() { Pending = seconds, Running = seconds, Cancelling = seconds };

    public GeminiPhases With(IReadOnlyDictionary<string, double> others) => new()
    {
        Pending = others.GetValueOrDefault("pending", Pending),
        Running = others.GetValueOrDefault("running", Running),
        Cancelling = others.GetValueOrDefault("cancelling", Cancelling),
    };
}
