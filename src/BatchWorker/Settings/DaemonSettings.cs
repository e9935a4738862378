using BatchWorker.Batching;
using BatchWorker.Callbacks;
using BatchWorker.Control;
using BatchWorker.Costs;
using BatchWorker.Intake;
using BatchWorker.Monitoring;
using BatchWorker.Polling;
using BatchWorker.Providers.Anthropic;
using BatchWorker.Providers.Gemini;
using BatchWorker.Providers.OpenAi;
using BatchWorker.Queue;
using BatchWorker.Results;
using StackExchange.Redis;

namespace BatchWorker.Settings;

/// <summary>Everything that is configured, checked.</summary>
internal sealed record DaemonSettings
{
    /// <summary>Below the working directory, where <c>BATCH_DATA_DIR</c> is not set.</summary>
    public const string DefaultDataDirectory = "data";

    /// <summary>Null: the embedded store.</summary>
    public required ConfigurationOptions? Redis { get; init; }

    /// <summary>Memory of the embedded store, in bytes.</summary>
    public required long EmbeddedMemory { get; init; }

    /// <summary>Its owner is filled in from the data directory.</summary>
    public required LedgerOptions Ledger { get; init; }

    public required BatchingOptions Batching { get; init; }

    public required PollingOptions Polling { get; init; }

    public required ResultsOptions Results { get; init; }

    public required IntakeOptions Intake { get; init; }

    public required CallbackOptions Callbacks { get; init; }

    public required OpenAiOptions OpenAi { get; init; }

    public required AnthropicOptions Anthropic { get; init; }

    public required GeminiOptions Gemini { get; init; }

    public required AlertOptions Alerts { get; init; }

    public required Prices Prices { get; init; }

    public required ApiKeys Keys { get; init; }

    public required AccessOptions Access { get; init; }

    public required ScheduleSettings Schedule { get; init; }

    public required string DataDirectory { get; init; }

    /// <summary>Where results are files; null when they are kept in Redis.</summary>
    public required string? ResultDirectory { get; init; }

    /// <summary>Cap on results in Redis, in bytes.</summary>
    public required long ResultStoreMax { get; init; }

    /// <summary>Where the embedded store is.</summary>
    public string StoreDirectory => Path.Combine(DataDirectory, "store");

    /// <summary>Where the journal of this ledger is: another Redis or namespace has another one, and is not taken for this one gone back in time.</summary>
    public string JournalDirectory => Path.Combine(DataDirectory, "journal", LedgerAddress.FingerprintOf(Redis, Ledger.Namespace));

    /// <summary>Time between probes of a provider that is away.</summary>
    public required TimeSpan ProbeInterval { get; init; }

    public static DaemonSettings Read(SettingsReader settings)
    {
        var data = Path.GetFullPath(settings.Text("BATCH_DATA_DIR", DefaultDataDirectory));
        var callbacks = CallbackSettings.Read(settings);
        var intake = ReadIntake(settings) with { Callbacks = callbacks.Secrets is null ? null : callbacks.Rules };
        FailpointSettings.Check(settings);
        return new DaemonSettings
        {
            Redis = settings.Secret(RedisUrl.Variable) is { } url ? RedisUrl.Parse(url) : null,
            EmbeddedMemory = settings.Bytes("BATCH_EMBEDDED_MEMORY", 16L << 20, 1L << 40, 256L << 20),
            Ledger = ReadLedger(settings, intake) with { BatchCallbackUrl = callbacks.BatchUrl },
            Callbacks = callbacks,
            Batching = new BatchingOptions
            {
                SpoolDirectory = Path.Combine(data, "spool"),
                CarryOver = settings.Choice("BATCH_RETRY_MODE", "carry_over", "scheduled") == "carry_over",
            },
            Polling = new PollingOptions
            {
                CheckInterval = settings.Seconds("BATCH_CHECK_INTERVAL", 1, 86_400, 60),
                ReconcileGrace = settings.Seconds("BATCH_RECONCILE_GRACE", 0, 86_400, 900),
                StuckAfter = TimeSpan.FromHours(settings.Number("BATCH_STUCK_HOURS", 0, 8_760, 2)),
                GiveUpAfter = TimeSpan.FromHours(settings.Number("BATCH_GIVE_UP_HOURS", 0, 8_760, 24)),
            },
            Results = new ResultsOptions
            {
                RetryBackoff = ReadBackoff(settings),
                Retention = TimeSpan.FromDays(settings.Number("BATCH_RESULT_RETENTION_DAYS", 1, 3_650, 30)),
                ProviderFileAge = settings.Number("BATCH_PROVIDER_FILE_DAYS", 0, 365, 7) is > 0 and var days ? TimeSpan.FromDays(days) : null,
            },
            Intake = intake,
            OpenAi = ReadOpenAi(settings),
            Anthropic = ReadAnthropic(settings),
            Gemini = ReadGemini(settings),
            Alerts = ReadAlerts(settings),
            Prices = ReadPrices(settings),
            Keys = ApiKeys.TryParse(settings.Secret("BATCH_API_KEYS"), out var keys) ? keys
                : throw StartRefusal.Of("BATCH_API_KEYS", "name:scope[+scope]:key is expected, with scopes read, enqueue, operate and a key of 20 characters or more out of A-Z a-z 0-9 _ -."),
            Access = new AccessOptions(settings.Flag("BATCH_ALLOW_ANONYMOUS")),
            Schedule = ScheduleSettings.Read(settings),
            DataDirectory = data,
            ResultDirectory = ReadResultDirectory(settings, data),
            ResultStoreMax = settings.Bytes("BATCH_RESULT_STORE_MAX", 1 << 20, 1L << 50, 4L << 30),
            ProbeInterval = settings.Seconds("BATCH_PROVIDER_PROBE", 1, 86_400, 300),
        };
    }

    private static LedgerOptions ReadLedger(SettingsReader settings, IntakeOptions intake)
    {
        var ledger = ReadLedger(settings);
        return ledger with { Budgets = BudgetSettings.Read(settings, [.. ledger.CostKeys], [.. intake.JobTypes]) };
    }

    private static LedgerOptions ReadLedger(SettingsReader settings) => new()
    {
        Owner = "",
        Namespace = settings.Text("BATCH_NAMESPACE") is not { } name ? "bw"
            : name.Length <= 64 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.') ? name
            : throw StartRefusal.Of("BATCH_NAMESPACE", "1 to 64 characters out of A-Z a-z 0-9 - _ . are expected."),
        MaxQueued = settings.Number("BATCH_MAX_QUEUED", 1, 1_000_000_000, 10_000_000),
        MaxLanes = (int)settings.Number("BATCH_MAX_LANES", 1, 10_000, 500),
        IdempotencyDays = (int)settings.Number("BATCH_IDEMPOTENCY_DAYS", 1, 365, 7),
        Lease = settings.Seconds("BATCH_LEASE_SECONDS", 1, 3_600, 60),
        CostKeys = ReadCostKeys(settings),
        DropRequestOnSuccess = settings.Choice("BATCH_REQUESTS_KEPT", "until_success", "always") == "until_success",
    };

    private static string[] ReadCostKeys(SettingsReader settings)
    {
        const string variable = "BATCH_COST_KEYS";
        const int most = 3;
        var keys = settings.Text(variable)?.Split(',') ?? [];
        return keys.Length <= most && keys.Distinct().Count() == keys.Length && keys.All(key => key.Length is > 0 and <= 64 && !key.Any(char.IsControl)) ? keys
            : throw StartRefusal.Of(variable, "up to three different metadata keys separated by commas are expected.");
    }

    private static Prices ReadPrices(SettingsReader settings)
    {
        const string variable = "BATCH_PRICES_FILE";
        try
        {
            return new Prices(settings.Text(variable) is { } path ? Path.GetFullPath(path) : null);
        }
        catch (Exception unusable) when (unusable is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw StartRefusal.Of(variable, unusable.Message);
        }
    }

    private static AlertOptions ReadAlerts(SettingsReader settings) => new()
    {
        FailurePercent = settings.Decimal("BATCH_ALERT_FAILURE_PERCENT", 0, 10),
        StaleHours = settings.Decimal("BATCH_ALERT_STALE_HOURS", 0, 48),
        QueueSize = settings.Number("BATCH_ALERT_QUEUE_SIZE", 1, long.MaxValue, 10_000),
        SavingsStep = settings.Decimal("BATCH_ALERT_SAVINGS_STEP", 0, 1_000),
    };

    private static IntakeOptions ReadIntake(SettingsReader settings) => new()
    {
        MaxAttempts = (int)settings.Number("BATCH_MAX_ATTEMPTS", 1, IntakeOptions.MostAttempts, 3),
        Catalog = JobTypeSettings.Read(settings),
    };

    private static OpenAiOptions ReadOpenAi(SettingsReader settings) => new()
    {
        ApiKey = settings.Secret("OPENAI_API_KEY"),
        BaseUrl = settings.Address("OPENAI_BASE_URL", new Uri(new OpenAiOptions().BaseUrl)).ToString(),
        Organization = settings.Text("OPENAI_ORG_ID"),
        Project = settings.Text("OPENAI_PROJECT_ID"),
    };

    private static AnthropicOptions ReadAnthropic(SettingsReader settings) => new()
    {
        ApiKey = settings.Secret("ANTHROPIC_API_KEY"),
        BaseUrl = settings.Address("ANTHROPIC_BASE_URL", new Uri(new AnthropicOptions().BaseUrl)).ToString(),
        Version = settings.Text("ANTHROPIC_VERSION") is not { } version ? new AnthropicOptions().Version
            : DateOnly.TryParseExact(version, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out _) ? version
            : throw StartRefusal.Of("ANTHROPIC_VERSION", "a date such as 2023-06-01 is expected."),
    };

    private static GeminiOptions ReadGemini(SettingsReader settings) => new()
    {
        ApiKey = settings.Secret("GEMINI_API_KEY"),
        BaseUrl = settings.Address("GEMINI_BASE_URL", new Uri(new GeminiOptions().BaseUrl)).ToString(),
    };

    private static TimeSpan[] ReadBackoff(SettingsReader settings)
    {
        const string variable = "BATCH_RETRY_BACKOFF";
        return Array.ConvertAll(
            settings.Text(variable, "60,300,900,3600").Split(','),
            seconds => int.TryParse(seconds, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
                ? TimeSpan.FromSeconds(number)
                : throw StartRefusal.Of(variable, "whole seconds separated by commas are expected."));
    }

    private static string? ReadResultDirectory(SettingsReader settings, string data)
    {
        const string variable = "BATCH_RESULT_STORE";
        var store = settings.Text(variable, "file");
        return store == "redis" ? null
            : store == "file" ? Path.Combine(data, "results")
            : store.StartsWith("file:", StringComparison.Ordinal) && store.Length > 5 ? Path.GetFullPath(store[5..])
            : throw StartRefusal.Of(variable, "file, file:DIR or redis is expected.");
    }
}
