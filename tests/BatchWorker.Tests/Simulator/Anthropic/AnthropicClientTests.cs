using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models;
using Anthropic.Models.Messages;
using Anthropic.Models.Messages.Batches;
using BatchWorker.Simulator.Faults;
using Request = Anthropic.Models.Messages.Batches.Request;

namespace BatchWorker.Tests.Simulator.Anthropic;

/// <summary>Anthropic's own .NET client is the outside judge of what the simulator says.</summary>
internal sealed class AnthropicClientTests
{
    private SimulatedAnthropic _simulated = null!;
    private AnthropicClient _client = null!;

    [SetUp]
    public async Task Start()
    {
        _simulated = await SimulatedAnthropic.StartAsync();
        _client = new AnthropicClient { BaseUrl = _simulated.Host.AnthropicBaseUrl.ToString(), ApiKey = SimulatedAnthropic.Key, MaxRetries = 0, ResponseValidation = true };
    }

    [TearDown]
    public async Task Stop()
    {
        _client.Dispose();
        await _simulated.DisposeAsync();
    }

    [Test]
    public async Task The_official_client_takes_a_batch_from_its_creation_to_its_answers()
    {
        var created = await _client.Messages.Batches.Create(Batch("job-0", "job-1", "job-2"));
        Assert.That((created.ProcessingStatus.Value(), created.RequestCounts.Processing, created.ResultsUrl), Is.EqualTo((ProcessingStatus.InProgress, 3L, (string?)null)));

        _simulated.Host.Faults.Items.Add(new ItemFate { CustomId = "job-4", Code = ItemFault.Overloaded });
        var second = await _client.Messages.Batches.Create(Batch("job-3", "job-4"));
        _simulated.Advance(10);
        var ended = await _client.Messages.Batches.Retrieve(created.ID);
        Assert.That((ended.ProcessingStatus.Value(), ended.RequestCounts.Succeeded, ended.EndedAt - ended.CreatedAt), Is.EqualTo((ProcessingStatus.Ended, 3L, TimeSpan.FromSeconds(10))));

        var answers = await ResultsAsync(created.ID);
        Assert.That(answers.Keys, Is.EquivalentTo(new[] { "job-0", "job-1", "job-2" }));
        Assert.That(answers.Values, Is.All.StartsWith("succeeded {\"echo\":").And.All.Contains("\"mk-job-"));
        Assert.That((await ResultsAsync(second.ID))["job-4"], Is.EqualTo("errored Overloaded"));
    }

    [Test]
    public async Task The_official_client_cancels_lists_and_deletes()
    {
        var first = await _client.Messages.Batches.Create(Batch("a"));
        var second = await _client.Messages.Batches.Create(Batch("b", "c"));
        var canceling = await _client.Messages.Batches.Cancel(second.ID);
        Assert.That((canceling.ProcessingStatus.Value(), canceling.CancelInitiatedAt), Is.EqualTo((ProcessingStatus.Canceling, (DateTimeOffset?)canceling.CreatedAt)));
        _simulated.Advance(20);
        List<string> seen = [];
        var page = await _client.Messages.Batches.List(new BatchListParams { Limit = 1 });
        await foreach (var batch in page.Paginate())
        {
            seen.Add($"{batch.ID} {batch.ProcessingStatus.Raw()} {batch.RequestCounts.Canceled}");
        }
        Assert.That(seen, Is.EqualTo(new[] { $"{second.ID} ended 2", $"{first.ID} ended 0" }));
        Assert.That((await ResultsAsync(second.ID)).Values, Is.All.EqualTo("canceled"));
        Assert.That((await _client.Messages.Batches.Delete(first.ID)).ID, Is.EqualTo(first.ID));
        Assert.That(async () => await _client.Messages.Batches.Retrieve(first.ID), Throws.TypeOf<AnthropicNotFoundException>());
    }

    [Test]
    public void The_official_client_reads_the_refusal_of_a_request() => Assert.That(
        async () => await _client.Messages.Batches.Create(Batch(new string('a', 65))),
        Throws.TypeOf<AnthropicBadRequestException>().With.Message.Contains("requests.0.custom_id: String should have at most 64 characters"));

    [TestCase(429, typeof(AnthropicRateLimitException))]
    [TestCase(500, typeof(Anthropic5xxException))]
    [TestCase(504, typeof(AnthropicGatewayTimeoutException))]
    [TestCase(529, typeof(AnthropicOverloadedException))]
    public void The_official_client_reads_errors(int status, System.Type exception)
    {
        _simulated.Host.Faults.Http.Add(new HttpFault { Action = new HttpFaultAction { Type = HttpFaultKind.Status, Status = status } });
        Assert.That(async () => await _client.Messages.Batches.List(), Throws.InstanceOf(exception).With.Message.Contains("The simulator was told to answer so."));
    }

    [Test]
    public async Task The_official_client_knows_a_spend_limit_and_a_page_of_html()
    {
        await _simulated.ConfigureAsync(new { spend_limit_reached = true });
        Assert.That(async () => await _client.Messages.Batches.Create(Batch("a")), Throws.TypeOf<AnthropicEnforcedSpendLimitReachedException>());
        await _simulated.ConfigureAsync(new { max_body_bytes = 10 });
        Assert.That(async () => await _client.Messages.Batches.Create(Batch("a")), Throws.TypeOf<AnthropicContentTooLargeException>());
    }

    [Test]
    public void The_official_client_reads_the_refusal_of_a_wrong_key()
    {
        using var stranger = new AnthropicClient { BaseUrl = _simulated.Host.AnthropicBaseUrl.ToString(), ApiKey = "sk-ant-stranger", MaxRetries = 0 };
        Assert.That(async () => await stranger.Messages.Batches.List(), Throws.TypeOf<AnthropicUnauthorizedException>().With.Message.Contains("authentication_error"));
    }

    private async Task<Dictionary<string, string>> ResultsAsync(string id)
    {
        Dictionary<string, string> results = [];
        await foreach (var line in _client.Messages.Batches.ResultsStreaming(id))
        {
            line.Validate();
            results.Add(line.CustomID, line.Result.Match(
                succeeded => $"succeeded {succeeded.Message.Content.Select(block => block.Value).OfType<TextBlock>().Single().Text}",
                errored => $"errored {errored.Error.Error.Message}",
                _ => "canceled",
                _ => "expired"));
        }
        return results;
    }

    private static BatchCreateParams Batch(params string[] ids) => new()
    {
        Requests = [.. ids.Select(id => new Request
        {
            CustomID = id,
            Params = new Params { Model = SimulatedAnthropic.Model, MaxTokens = 64, Messages = [new UserMessageParam { Content = $"mk-{id}" }] },
        })],
    };
}
