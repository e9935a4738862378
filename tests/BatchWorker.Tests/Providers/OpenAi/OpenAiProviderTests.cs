using System.Buffers;
using System.Text;
using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Providers.OpenAi;
using Microsoft.Extensions.DependencyInjection;

namespace BatchWorker.Tests.Providers.OpenAi;

internal sealed class OpenAiProviderTests
{
    [Test]
    public void A_request_line_passes_the_request_untouched_and_its_overhead_is_exact()
    {
        using var client = new OpenAiClient("http://localhost/v1");
        var output = new ArrayBufferWriter<byte>();
        var customId = new JobId(new Ulid(1, 2, 3)).ToString();
        var request = """{"model":"gpt-4o", "n":1.50e3,"messages":[{"content":"\u00e9 😀"}]}"""u8;
        client.Provider.WriteRequest(output, OpenAiClient.Chat, customId, request);
        var line = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.That(line, Is.EqualTo(
            $"{{\"custom_id\":\"{customId}\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{Encoding.UTF8.GetString(request)}}}\n"));
        Assert.That(client.Provider.OverheadOf(OpenAiClient.Chat), Is.EqualTo(output.WrittenCount - request.Length));
        Assert.That(() => JsonDocument.Parse(line).Dispose(), Throws.Nothing);
    }

    [TestCase("/v1/chat/completions", int.MaxValue)]
    [TestCase("/v1/embeddings", 50_000)]
    public void Limits_are_those_of_the_guide(string endpoint, int inputs)
    {
        using var client = new OpenAiClient("http://localhost/v1");
        Assert.That(client.Provider.LimitsOf(endpoint), Is.EqualTo(new BatchLimits(50_000, 200_000_000, inputs)));
    }

    [Test]
    public void The_account_is_a_fingerprint_of_base_url_and_key()
    {
        Assert.That(With("https://api.openai.com/v1", "sk-1").Account, Is.EqualTo("ed7357fb8a5ad6e7"));
        Assert.That(With("https://api.openai.com/v1/", " sk-1\n").Account, Is.EqualTo(With("https://api.openai.com/v1", "sk-1").Account));
        Assert.That(With("https://api.openai.com/v1", "sk-2").Account, Is.Not.EqualTo(With("https://api.openai.com/v1", "sk-1").Account));
        Assert.That(With("http://localhost/v1", "sk-1").Account, Is.Not.EqualTo(With("https://api.openai.com/v1", "sk-1").Account));
    }

    [TestCase(null), TestCase(""), TestCase(" \n")]
    public void Without_a_key_the_provider_is_not_configured(string? key)
    {
        var provider = With("https://api.openai.com/v1", key);
        Assert.That((provider.Account, provider.KeyVariable), Is.EqualTo(((string?)null, "OPENAI_API_KEY")));
    }

    [Test]
    public void Options_do_not_show_their_key()
    {
        Assert.That(new OpenAiOptions { ApiKey = OpenAiClient.Key }.ToString(), Does.Not.Contain(OpenAiClient.Key));
    }

    [Test]
    public async Task Neither_key_nor_request_gets_into_a_log_line_or_a_failure()
    {
        await using var server = new RawServer(async connection =>
        {
            var request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(request.Contains("limit=7", StringComparison.Ordinal) ? 200 : 500, JsonSerializer.Serialize(new { error = new { message = request } }), "Connection: close\r\n");
        });
        using var client = new OpenAiClient(server.BaseUrl);
        var failure = (await client.Provider.GetAsync("b", CancellationToken.None)).Failure!;
        var probe = await client.Provider.ProbeAsync(CancellationToken.None);
        var create = await client.CreateAsync(CancellationToken.None);
        Assert.That(client.Logs.Lines, Is.Not.Empty, "retries are logged");
        var said = string.Join('\n', [.. client.Logs.Lines, $"{failure}", $"{probe}", $"{create}", $"{new ProviderReadException(failure)}"]);
        Assert.That(said, Does.Contain("Authorization: Bearer [redacted]"), "the server echoes the head of the request");
        Assert.That(said, Does.Not.Contain(OpenAiClient.Key).And.Not.Contain(OpenAiClient.Key[3..20]));
    }

    private static IBatchProvider With(string baseUrl, string? key) => new ServiceCollection()
        .AddLogging()
        .AddOpenAi(new OpenAiOptions { BaseUrl = baseUrl, ApiKey = key })
        .BuildServiceProvider()
        .GetRequiredService<IBatchProvider>();
}
