using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Providers.Anthropic;
using BatchWorker.Providers.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BatchWorker.Tests.Providers.Anthropic;

/// <summary>The provider as the daemon registers it, against a base URL of the test, with a spool file of its own.</summary>
internal sealed class AnthropicClient : IDisposable
{
    public const string Key = "sk-ant-api03-abcdefghijklmnop0123456789";

    public static readonly ProviderTimeouts Quick = new() { RetryDelay = TimeSpan.FromMilliseconds(1), Retries = 2 };

    public static readonly Lane Messages = new(BatchWorker.Lifecycle.Provider.Anthropic, "/v1/messages", "claude-haiku-4-5", "creative_scoring");

    private readonly ServiceProvider _services;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bw-anthropic-");

    public AnthropicClient(string baseUrl, TimeProvider? time = null, ProviderTimeouts? timeouts = null, int longestLine = 1 << 20)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddAnthropic(new AnthropicOptions { BaseUrl = baseUrl, ApiKey = Key, Timeouts = timeouts ?? Quick, LongestLine = longestLine });
        _services = services.BuildServiceProvider();
        Provider = _services.GetRequiredService<IBatchProvider>();
    }

    public IBatchProvider Provider { get; }

    public RecordedLogs Logs { get; } = new();

    /// <summary>A raw server's address without a version.</summary>
    public static string AddressOf(RawServer server) => new Uri(server.BaseUrl).GetLeftPart(UriPartial.Authority);

    /// <summary>Sends a batch of these spooled lines.</summary>
    public Task<CreateOutcome> CreateAsync(CancellationToken cancellationToken, params string[] lines)
    {
        var content = lines.Length == 0 ? "{\"custom_id\":\"job_1\",\"params\":{}}\n" : string.Concat(lines.Select(line => line + "\n"));
        File.WriteAllText(Spool, content);
        return Provider.CreateAsync(SubmissionOf(Encoding.UTF8.GetByteCount(content)), cancellationToken);
    }

    /// <summary>The submission of the spool file, said to have so many bytes.</summary>
    public Submission SubmissionOf(long bytes) => new(
        new SubmissionTag("batch_01", 2),
        Messages,
        new SpooledFile(Spool, "bw-batch_01-0123abcd.jsonl", bytes, new string('a', 64)),
        null,
        1);

    /// <summary>Where the spool file is.</summary>
    public string Spool => Path.Combine(_directory.FullName, "spool.jsonl");

    public void Dispose()
    {
        _services.Dispose();
        _directory.Delete(recursive: true);
    }
}
