using System.Net;
using System.Text;
using BatchWorker.Simulator;
using static BatchWorker.Tests.Simulator.SimulatedOpenAi;

namespace BatchWorker.Tests.Simulator;

internal sealed class ControlTests
{
    private SimulatedOpenAi _openAi = null!;

    [SetUp]
    public async Task Start() => _openAi = await StartAsync();

    [TearDown]
    public async Task Stop() => await _openAi.DisposeAsync();

    [Test]
    public async Task Configuration_is_merged_and_read_back()
    {
        await _openAi.ControlAsync("config", new { openai = new { phases = new { in_progress = 3 }, enqueued_token_limit = new Dictionary<string, int> { ["*"] = 9 } } });
        var config = (await _openAi.ControlAsync("config")).GetProperty("openai");
        Assert.That(config.GetProperty("phases").ToString(), Is.EqualTo("""{"validating":10,"in_progress":3,"finalizing":10,"cancelling":10}"""));
        Assert.That((config.GetProperty("enqueued_token_limit").ToString(), config.GetProperty("max_requests").GetInt32()), Is.EqualTo(("{\"*\":9}", 50_000)));
    }

    [TestCase("""{"openai":{"phasez":{}}}""")]
    [TestCase("""{"openai":{"max_requests":"many"}}""")]
    [TestCase("""{"openai":null}""")]
    [TestCase("""{"openia":{}}""")]
    [TestCase("""{"manual":true,"openai":{"max_requests":"many"}}""")]
    public async Task A_wrong_configuration_is_refused_and_changes_nothing(string json)
    {
        var before = (await _openAi.ControlAsync("config")).ToString();
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _openAi.Http.PostAsync("_sim/config", content);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await _openAi.ControlAsync("config")).ToString(), Is.EqualTo(before));
    }

    [Test]
    public async Task Reset_forgets_everything_but_never_gives_an_id_again()
    {
        await _openAi.ControlAsync("config", new { manual = true, openai = new { keys = new[] { "sk-simulator", "sk-2" } } });
        await _openAi.ControlAsync("items", new { percent = 100 });
        await _openAi.ControlAsync("batches", new { end = "failed" });
        var before = await _openAi.SubmitAsync(Lines(1));
        await _openAi.ControlAsync("advance", new { all = true });
        await _openAi.ControlAsync("reset", new { });
        Assert.That((await _openAi.SendAsync(HttpMethod.Get, $"batches/{before}")).Status, Is.EqualTo(404));
        Assert.That((await _openAi.SendAsync(HttpMethod.Get, "files")).Body.GetProperty("data").GetArrayLength(), Is.Zero);
        var after = await _openAi.SubmitAsync(Lines(1));
        Assert.That(after, Is.Not.EqualTo(before));
        Assert.That(Counts(await _openAi.FinishedAsync(after)), Is.EqualTo((1, 1, 0)));
        Assert.That((await _openAi.ControlAsync("ledger/summary")).GetProperty("batches").GetInt32(), Is.EqualTo(1));
    }

    [Test]
    public async Task Advance_moves_the_clock()
    {
        var id = await _openAi.SubmitAsync(Lines(1));
        await _openAi.ControlAsync("advance", new { seconds = 25 });
        var batch = await _openAi.BatchAsync(id);
        Assert.That(Status(batch), Is.EqualTo("finalizing"));
        Assert.That(batch.GetProperty("finalizing_at").GetInt64() - batch.GetProperty("created_at").GetInt64(), Is.EqualTo(20));
    }

    [Test]
    public async Task By_hand_a_batch_waits_for_each_step()
    {
        await _openAi.ControlAsync("config", new { manual = true });
        var first = await _openAi.SubmitAsync(Lines(1));
        var second = await _openAi.SubmitAsync(Lines(1));
        _openAi.Advance(1_000);
        Assert.That(Status(await _openAi.BatchAsync(first)), Is.EqualTo("validating"));
        await _openAi.ControlAsync("advance", new { batch = first });
        await _openAi.ControlAsync("advance", new { });
        Assert.That((Status(await _openAi.BatchAsync(first)), Status(await _openAi.BatchAsync(second))), Is.EqualTo(("finalizing", "in_progress")));
        var happened = await _openAi.ControlAsync("advance", new { all = true });
        Assert.That(happened.GetProperty("happened").GetInt32(), Is.EqualTo(3));
        Assert.That((Status(await _openAi.BatchAsync(first)), Status(await _openAi.BatchAsync(second))), Is.EqualTo(("completed", "completed")));
    }

    [TestCase("faults", "{\"action\":{\"type\":\"garble\"}}")]
    [TestCase("batches", "{\"end\":\"expired\",\"fraction\":0.5}")]
    [TestCase("items", "{\"code\":\"rate_limit\"}")]
    [TestCase("mutations", "{\"kind\":\"blank\"}")]
    public async Task Rules_are_given_read_and_withdrawn(string kind, string rule)
    {
        using var content = new StringContent(rule, Encoding.UTF8, "application/json");
        using var given = await _openAi.Http.PostAsync($"_sim/{kind}", content);
        Assert.That(given.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await _openAi.ControlAsync(kind)).GetArrayLength(), Is.EqualTo(1));
        using var withdrawn = await _openAi.Http.DeleteAsync($"_sim/{kind}");
        Assert.That((await _openAi.ControlAsync(kind)).GetArrayLength(), Is.Zero);
        Assert.That(Counts(await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(2)))), Is.EqualTo((2, 2, 0)));
    }

    [Test]
    public async Task Two_simulators_with_one_seed_say_the_same()
    {
        await using var other = await StartAsync();
        string[] results = [await ResultsAsync(_openAi), await ResultsAsync(other)];
        Assert.That(results[1], Is.EqualTo(results[0]));

        static async Task<string> ResultsAsync(SimulatedOpenAi openAi)
        {
            var batch = await openAi.FinishedAsync(await openAi.SubmitAsync(Lines(50)));
            return batch + string.Concat(await openAi.LinesAsync(batch));
        }
    }

    [Test]
    public async Task Its_files_stay_where_they_were_wanted()
    {
        var wanted = Directory.CreateTempSubdirectory();
        try
        {
            await using (var host = await SimulatorHost.StartAsync(new SimulatorOptions { Directory = wanted.FullName }))
            {
                Assert.That(host.OpenAiBaseUrl.ToString(), Does.StartWith("http://127.0.0.1:").And.EndWith("/openai/v1"));
                Assert.That(host.AnthropicBaseUrl, Is.EqualTo(new Uri(host.Address, "/anthropic")));
            }
            Assert.That(wanted.EnumerateDirectories().Select(directory => directory.Name), Is.SupersetOf(new[] { "openai", "anthropic" }));
        }
        finally
        {
            wanted.Delete(recursive: true);
        }
    }
}
