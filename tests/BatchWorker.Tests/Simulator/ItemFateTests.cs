using System.Text.Json;
using BatchWorker.Simulator.Faults;
using static BatchWorker.Tests.Simulator.SimulatedOpenAi;

namespace BatchWorker.Tests.Simulator;

internal sealed class ItemFateTests
{
    private SimulatedOpenAi _openAi = null!;

    [SetUp]
    public async Task Start() => _openAi = await StartAsync();

    [TearDown]
    public async Task Stop() => await _openAi.DisposeAsync();

    [TestCase("rate_limit", 429, "rate_limit_exceeded")]
    [TestCase("server_error", 500, null)]
    [TestCase("invalid_request", 400, "invalid_value")]
    public async Task A_request_can_be_meant_to_fail(string code, int status, string? providerCode)
    {
        await _openAi.ControlAsync("items", new { custom_id = "job-1", code });
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(3)));
        Assert.That((Status(batch), Counts(batch)), Is.EqualTo(("completed", (3, 2, 1))));
        var failure = (await _openAi.ResultsAsync(batch, "error_file_id")).Single();
        var response = failure.GetProperty("response");
        Assert.That((CustomId(failure), response.GetProperty("status_code").GetInt32(), failure.GetProperty("error").ValueKind), Is.EqualTo(("job-1", status, JsonValueKind.Null)));
        Assert.That(response.GetProperty("body").GetProperty("error").GetProperty("code").GetString(), Is.EqualTo(providerCode));
        Assert.That((await _openAi.ResultsAsync(batch)).Select(CustomId), Is.EquivalentTo(new[] { "job-0", "job-2" }));
        Assert.That(_openAi.Host.Ledger.Summary().PaidItems, Is.EqualTo(2));
    }

    [Test]
    public async Task Status_and_message_can_be_chosen()
    {
        _openAi.Host.Faults.Items.Add(new ItemFate { Code = ItemFault.ServerError, Status = 529, Message = "Overloaded" });
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(1)));
        Assert.That(batch.GetProperty("output_file_id").GetString(), Is.Null);
        var response = (await _openAi.ResultsAsync(batch, "error_file_id")).Single().GetProperty("response");
        Assert.That((response.GetProperty("status_code").GetInt32(), response.GetProperty("body").GetProperty("error").GetProperty("message").GetString()), Is.EqualTo((529, "Overloaded")));
    }

    [Test]
    public async Task A_filtered_answer_is_empty_and_paid()
    {
        _openAi.Host.Faults.Items.Add(new ItemFate { Code = ItemFault.ContentFilter });
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(1)));
        var answer = (await _openAi.ResultsAsync(batch)).Single();
        Assert.That(answer.GetProperty("response").GetProperty("body").GetProperty("choices")[0].GetProperty("finish_reason").GetString(), Is.EqualTo("content_filter"));
        Assert.That((Text(answer), _openAi.Host.Ledger.Summary().PaidItems), Is.EqualTo(("", 1L)));
    }

    [Test]
    public async Task One_request_of_a_completed_batch_can_expire()
    {
        _openAi.Host.Faults.Items.Add(new ItemFate { Mark = "mk-job-2", Code = ItemFault.Expired });
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(3)));
        var left = (await _openAi.ResultsAsync(batch, "error_file_id")).Single();
        Assert.That((CustomId(left), left.GetProperty("error").GetProperty("code").GetString()), Is.EqualTo(("job-2", "batch_expired")));
        Assert.That((Status(batch), _openAi.Host.Ledger.Summary().PaidItems), Is.EqualTo(("completed", 2L)));
    }

    [Test]
    public async Task Tries_are_counted_for_each_request()
    {
        _openAi.Host.Faults.Items.Add(new ItemFate { Tries = 2, Code = ItemFault.RateLimit });
        List<(int, int, int)> seen = [];
        for (var i = 0; i < 3; i++)
        {
            seen.Add(Counts(await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(2)))));
        }
        Assert.That(seen, Is.EqualTo(new[] { (2, 0, 2), (2, 0, 2), (2, 2, 0) }));
    }

    [Test]
    public async Task A_share_of_the_requests_fails_and_always_the_same_ones()
    {
        _openAi.Host.Faults.Items.Add(new ItemFate { Percent = 20, Seed = 7 });
        var first = await FailedAsync();
        Assert.That(first.Count, Is.InRange(150, 250));
        Assert.That(await FailedAsync(), Is.EquivalentTo(first));
    }

    [Test]
    public async Task A_stream_is_refused_for_its_request_alone()
    {
        var line = Line("a").Replace("\"model\"", "\"stream\":true,\"model\"", StringComparison.Ordinal);
        Assert.That(Counts(await _openAi.FinishedAsync(await _openAi.SubmitAsync([line, Line("b")]))), Is.EqualTo((2, 1, 1)));
    }

    private async Task<List<string>> FailedAsync()
    {
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(1_000)));
        return [.. (await _openAi.ResultsAsync(batch, "error_file_id")).Select(CustomId)];
    }
}
