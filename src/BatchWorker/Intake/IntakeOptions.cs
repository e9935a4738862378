using BatchWorker.JobTypes;
using BatchWorker.Lifecycle;

namespace BatchWorker.Intake;

/// <summary>What intake accepts.</summary>
internal sealed record IntakeOptions
{
    /// <summary>Bytes of one job, of an array of jobs and of a line.</summary>
    public const int MostBytes = 32 << 20;

    /// <summary>Jobs of an array, and of a chunk of lines.</summary>
    public const int MostJobs = 1000;

    /// <summary>Attempts that a job may ask for.</summary>
    public const int MostAttempts = 100;

    /// <summary>Priority of a job that names none.</summary>
    public const int DefaultPriority = 5;

    /// <summary>Provider attempts of a job that names none; default 3.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>The job types with their templates.</summary>
    public JobTypeCatalog Catalog { get; init; } = JobTypeCatalog.Shipped;

    /// <summary>Names of the job types.</summary>
    public IReadOnlySet<string> JobTypes => Catalog.Names;

    /// <summary>Who may be called back; null where callbacks could not be signed, since BATCH_WEBHOOK_SECRET is not set.</summary>
    public CallbackRules? Callbacks { get; init; }

    /// <summary>The variable that configures each provider, for messages.</summary>
    public IReadOnlyDictionary<Provider, string> KeyVariables { get; init; } = new Dictionary<Provider, string>
    {
        [Provider.OpenAi] = "OPENAI_API_KEY",
        [Provider.Anthropic] = "ANTHROPIC_API_KEY",
        [Provider.Gemini] = "GEMINI_API_KEY",
    };
}
