using System.Buffers;
using System.Text;
using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Providers.Gemini;
using Microsoft.Extensions.DependencyInjection;

namespace BatchWorker.Tests.Providers.Gemini;

internal sealed class GeminiProviderTests
{
    [Test]
    public void A_request_line_passes_the_request_untouched_and_its_overhead_is_exact()
    {
        using var client = new GeminiClient("http://localhost");
        var output = new ArrayBufferWriter<byte>();
        var key = new JobId(new Ulid(1, 2, 3)).ToString();
        var request = """{"contents":[{"parts":[{"text":"\u00e9 😀"}]}], "n":1.50e3}"""u8;
        client.Provider.WriteRequest(output, GeminiClient.Generate, key, request);
        var line = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.That(line, Is.EqualTo($"{{\"key\":\"{key}\",\"request\":{Encoding.UTF8.GetString(request)}}}\n"));
        Assert.That(client.Provider.OverheadOf(GeminiClient.Generate), Is.EqualTo(output.WrittenCount - request.Length));
        Assert.That(client.Provider.OverheadOf(GeminiClient.Embed), Is.EqualTo(output.WrittenCount - request.Length));
        Assert.That(() => JsonDocument.Parse(line).Dispose(), Throws.Nothing);
    }

    [TestCase("generateContent"), TestCase("embedContent")]
    public void Limits_are_the_bytes_of_a_file_and_a_count_of_our_own(string endpoint)
    {
        using var client = new GeminiClient("http://localhost");
        Assert.That(client.Provider.LimitsOf(endpoint), Is.EqualTo(new BatchLimits(100_000, 2_000_000_000, int.MaxValue)));
    }

    [Test]
    public void The_account_is_a_fingerprint_of_base_url_and_key()
    {
        var url = new GeminiOptions().BaseUrl;
        Assert.That(With(url, "AIza1").Account, Has.Length.EqualTo(16));
        Assert.That(With(url + "/", " AIza1\n").Account, Is.EqualTo(With(url, "AIza1").Account));
        Assert.That(With(url, "AIza2").Account, Is.Not.EqualTo(With(url, "AIza1").Account));
        Assert.That(With("http://localhost", "AIza1").Account, Is.Not.EqualTo(With(url, "AIza1").Account));
    }

    [TestCase(null), TestCase(""), TestCase(" \n")]
    public void Without_a_key_the_provider_is_not_configured(string? key)
    {
        var provider = With(new GeminiOptions().BaseUrl, key);
        Assert.That((provider.Account, provider.KeyVariable), Is.EqualTo(((string?)null, "GEMINI_API_KEY")));
    }

    [Test]
    public void Options_do_not_show_their_key()
    {
        Assert.That(new GeminiOptions { ApiKey = GeminiClient.Key }.ToString(), Does.Not.Contain(GeminiClient.Key));
    }

    [Test]
    public async Task Neither_key_nor_request_gets_into_a_log_line_or_a_failure()
    {
        await using var server = new RawServer(async connection =>
        {
            var request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(500, JsonSerializer.Serialize(new { error = new { message = $"?key={GeminiClient.Key}&x {request}" } }), "Connection: close\r\n");
        });
        using var client = new GeminiClient(server.BaseUrl);
        var failure = (await client.Provider.GetAsync("b", CancellationToken.None)).Failure!;
        var probe = await client.Provider.ProbeAsync(CancellationToken.None);
        var create = await client.CreateAsync(CancellationToken.None);
        Assert.That(client.Logs.Lines, Is.Not.Empty, "retries are logged");
        var said = string.Join('\n', [.. client.Logs.Lines, $"{failure}", $"{probe}", $"{create}", $"{new ProviderReadException(failure)}"]);
        Assert.That(said, Does.Contain("x-goog-api-key: [redacted]"), "the server echoes the head of the request");
        Assert.That(said, Does.Not.Contain(GeminiClient.Key).And.Not.Contain(GeminiClient.Key[4..20]));
    }

    private static IBatchProvider With(string baseUrl, string? key) => new ServiceCollection()
        .AddLogging()
        .AddGemini(new GeminiOptions { BaseUrl = baseUrl, ApiKey = key })
        .BuildServiceProvider()
        .GetRequiredService<IBatchProvider>();
}
