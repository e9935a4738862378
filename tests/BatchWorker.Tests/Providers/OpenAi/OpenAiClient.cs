using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Providers.Http;
using BatchWorker.Providers.OpenAi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BatchWorker.Tests.Providers.OpenAi;

/// <summary>The provider as the daemon registers it, against a base URL of the test.</summary>
internal sealed class OpenAiClient : IDisposable
{
    public const string Key = "sk-proj-abcdefghijklmnop0123456789";

    public static readonly ProviderTimeouts Quick = new() { RetryDelay = TimeSpan.FromMilliseconds(1), Retries = 2 };

    public static readonly Lane Chat = new(BatchWorker.Lifecycle.Provider.OpenAi, "/v1/chat/completions", "gpt-4o", "creative_scoring");

    private readonly ServiceProvider _services;

    public OpenAiClient(string baseUrl, TimeProvider? time = null, ProviderTimeouts? timeouts = null, int longestLine = 1 << 20)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddOpenAi(new OpenAiOptions
        {
            BaseUrl = baseUrl,
            ApiKey = Key,
            Organization = "org-1",
            Project = "proj_1",
            Timeouts = timeouts ?? Quick,
            LongestLine = longestLine,
        });
        _services = services.BuildServiceProvider();
        Provider = _services.GetRequiredService<IBatchProvider>();
    }

    public IBatchProvider Provider { get; }

    public RecordedLogs Logs { get; } = new();

    public static Submission Submission(string input = "file-in") => new(
        new SubmissionTag("batch_01", 2),
        Chat,
        new SpooledFile("/nowhere", "bw-batch_01-0123abcd.jsonl", 10, new string('a', 64)),
        input,
        1);

    public Task<CreateOutcome> CreateAsync(CancellationToken cancellationToken) => Provider.CreateAsync(Submission(), cancellationToken);

    public void Dispose() => _services.Dispose();
}
