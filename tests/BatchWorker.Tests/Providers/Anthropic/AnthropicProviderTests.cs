using System.Buffers;
using System.Text;
using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Providers.Anthropic;
using Microsoft.Extensions.DependencyInjection;

namespace BatchWorker.Tests.Providers.Anthropic;

internal sealed class AnthropicProviderTests
{
    [Test]
    public void A_request_line_passes_the_request_untouched_and_its_overhead_is_exact()
    {
        using var client = new AnthropicClient("http://localhost");
        var output = new ArrayBufferWriter<byte>();
        var customId = new JobId(new Ulid(1, 2, 3)).ToString();
        var request = """{"model":"claude-haiku-4-5","max_tokens":1.50e3,"messages":[{"role":"user","content":"\u00e9 😀"}]}"""u8;
        client.Provider.WriteRequest(output, AnthropicClient.Messages, customId, request);
        var line = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.That(line, Is.EqualTo($"{{\"custom_id\":\"{customId}\",\"params\":{Encoding.UTF8.GetString(request)}}}\n"));
        Assert.That(client.Provider.OverheadOf(AnthropicClient.Messages), Is.EqualTo(output.WrittenCount - request.Length));
        Assert.That(customId, Does.Match("^[a-zA-Z0-9_-]{1,64}$"), "what Anthropic takes as an id");
        Assert.That(() => JsonDocument.Parse(line).Dispose(), Throws.Nothing);
    }

    [Test]
    public void Limits_are_those_of_the_documentation_for_the_body_that_is_sent()
    {
        using var client = new AnthropicClient("http://localhost");
        Assert.That(client.Provider.LimitsOf("/v1/messages"), Is.EqualTo(new BatchLimits(100_000, 255_999_986, int.MaxValue)));
        Assert.That((client.Provider.UploadsInput, client.Provider.TagsBatches), Is.EqualTo((false, false)));
    }

    [TestCase(null), TestCase(""), TestCase(" \n")]
    public void Without_a_key_the_provider_is_not_configured(string? key)
    {
        var provider = With("https://api.anthropic.com", key);
        Assert.That((provider.Account, provider.KeyVariable), Is.EqualTo(((string?)null, "ANTHROPIC_API_KEY")));
    }

    [Test]
    public void The_account_is_a_fingerprint_of_base_url_and_key()
    {
        Assert.That(With("https://api.anthropic.com/", " sk-1\n").Account, Is.EqualTo(With("https://api.anthropic.com", "sk-1").Account));
        Assert.That(With("https://api.anthropic.com", "sk-2").Account, Is.Not.EqualTo(With("https://api.anthropic.com", "sk-1").Account));
    }

    [Test]
    public void Options_do_not_show_their_key() =>
        Assert.That(new AnthropicOptions { ApiKey = AnthropicClient.Key }.ToString(), Does.Not.Contain(AnthropicClient.Key));

    [Test]
    public async Task Neither_key_nor_request_gets_into_a_log_line_or_a_failure()
    {
        await using var server = new RawServer(async connection =>
        {
            var request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(400, JsonSerializer.Serialize(new { error = new { type = "invalid_request_error", message = request[..request.IndexOf("\r\n\r\n", StringComparison.Ordinal)] } }), "Connection: close\r\n");
        });
        using var client = new AnthropicClient(AnthropicClient.AddressOf(server));
        var failure = (await client.Provider.GetAsync("b", CancellationToken.None)).Failure!;
        var create = await client.CreateAsync(CancellationToken.None);
        var said = string.Join('\n', [.. client.Logs.Lines, $"{failure}", $"{create}", $"{new ProviderReadException(failure)}"]);
        Assert.That(said, Does.Contain("x-api-key: [redacted]"), "the server echoes the head of the request");
        Assert.That(said, Does.Not.Contain(AnthropicClient.Key).And.Not.Contain(AnthropicClient.Key[3..20]));
    }

    private static IBatchProvider With(string baseUrl, string? key) => new ServiceCollection()
        .AddLogging()
        .AddAnthropic(new AnthropicOptions { BaseUrl = baseUrl, ApiKey = key })
        .BuildServiceProvider()
        .GetRequiredService<IBatchProvider>();
}
