using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Providers.Gemini;
using BatchWorker.Providers.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BatchWorker.Tests.Providers.Gemini;

/// <summary>The provider as the daemon registers it, against a base URL of the test.</summary>
internal sealed class GeminiClient : IDisposable
{
    public const string Key = "AIzaSyA0123456789abcdefghijklmnopqrstuv";

    public static readonly ProviderTimeouts Quick = new() { RetryDelay = TimeSpan.FromMilliseconds(1), Retries = 2 };

    public static readonly Lane Generate = new(BatchWorker.Lifecycle.Provider.Gemini, "generateContent", "gemini-2.5-flash", "creative_scoring");

    public static readonly Lane Embed = new(BatchWorker.Lifecycle.Provider.Gemini, "embedContent", "gemini-embedding-001", "embedding_generation");

    private readonly ServiceProvider _services;

    public GeminiClient(string baseUrl, TimeProvider? time = null, ProviderTimeouts? timeouts = null, int longestLine = 1 << 20)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddGemini(new GeminiOptions { BaseUrl = baseUrl, ApiKey = Key, Timeouts = timeouts ?? Quick, LongestLine = longestLine });
        _services = services.BuildServiceProvider();
        Provider = _services.GetRequiredService<IBatchProvider>();
    }

    public IBatchProvider Provider { get; }

    public RecordedLogs Logs { get; } = new();

    public static Submission Submission(Lane? lane = null) => new(
        new SubmissionTag("batch_01", 2),
        lane ?? Generate,
        new SpooledFile("/nowhere", "bw-batch_01-0123abcd.jsonl", 10, new string('a', 64)),
        "files/in",
        1);

    public Task<CreateOutcome> CreateAsync(CancellationToken cancellationToken, Lane? lane = null) =>
        Provider.CreateAsync(Submission(lane), cancellationToken);

    public void Dispose() => _services.Dispose();
}
