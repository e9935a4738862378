using System.Text.Json;
using BatchWorker.Simulator.Faults;
using static BatchWorker.Tests.Simulator.Gemini.SimulatedGemini;

namespace BatchWorker.Tests.Simulator.Gemini;

internal sealed class GeminiLifeTests
{
    private const double Day = 86_400;
    private SimulatedGemini _gemini = null!;

    [SetUp]
    public async Task Start() => _gemini = await StartAsync();

    [TearDown]
    public async Task Stop() => await _gemini.DisposeAsync();

    [Test]
    public async Task A_new_batch_is_a_pending_operation()
    {
        var file = await _gemini.UploadAsync(Lines(2));
        var (_, batch) = await _gemini.CreateAsync(FileInput(file, "bw:batch_1:1"));
        var metadata = batch.GetProperty("metadata");
        Assert.That(batch.EnumerateObject().Select(member => member.Name), Is.EqualTo(new[] { "name", "metadata" }));
        Assert.That(Name(batch), Does.Match("^batches/[a-z0-9]{36}$").And.EqualTo(Name(metadata)));
        Assert.That((metadata.GetProperty("model").GetString(), metadata.GetProperty("displayName").GetString(), State(batch)), Is.EqualTo(("models/gemini-2.5-flash", "bw:batch_1:1", "BATCH_STATE_PENDING")));
        Assert.That(metadata.GetProperty("@type").GetString(), Does.EndWith(".GenerateContentBatch"));
        Assert.That(Stats(batch), Is.EqualTo("""{"requestCount":"2","pendingRequestCount":"2"}"""));
        Assert.That((metadata.TryGetProperty("endTime", out _), metadata.TryGetProperty("output", out _)), Is.EqualTo((false, false)));
    }

    [Test]
    public async Task A_batch_passes_its_states_with_the_clock()
    {
        var name = await _gemini.SubmitAsync(Lines(10));
        List<string> seen = [];
        foreach (var seconds in new[] { 0, 10, 4, 6 })
        {
            _gemini.Advance(seconds);
            var look = await _gemini.BatchAsync(name);
            seen.Add($"{State(look)} {Stats(look)}");
        }
        Assert.That(seen, Is.EqualTo(new[]
        {
            """BATCH_STATE_PENDING {"requestCount":"10","pendingRequestCount":"10"}""",
            """BATCH_STATE_RUNNING {"requestCount":"10","pendingRequestCount":"10"}""",
            """BATCH_STATE_RUNNING {"requestCount":"10","successfulRequestCount":"4","pendingRequestCount":"6"}""",
            """BATCH_STATE_SUCCEEDED {"requestCount":"10","successfulRequestCount":"10"}""",
        }));
    }

    [Test]
    public async Task A_batch_that_succeeded_says_where_its_results_are_twice()
    {
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(2)));
        var metadata = batch.GetProperty("metadata");
        Assert.That((batch.GetProperty("done").GetBoolean(), batch.TryGetProperty("error", out _)), Is.EqualTo((true, false)));
        Assert.That(batch.GetProperty("response").GetProperty("responsesFile").GetString(), Is.EqualTo(ResultName(batch)));
        Assert.That(batch.GetProperty("response").GetProperty("@type").GetString(), Does.EndWith(".GenerateContentBatchOutput"));
        Assert.That((metadata.GetProperty("endTime").GetDateTimeOffset() - metadata.GetProperty("createTime").GetDateTimeOffset()).TotalSeconds, Is.EqualTo(20));
    }

    [Test]
    public async Task A_life_that_nobody_watched_is_the_same()
    {
        await using var other = await StartAsync();
        string[] lives = [await LiveAsync(_gemini, isWatched: true), await LiveAsync(other, isWatched: false)];
        Assert.That(lives[1], Is.EqualTo(lives[0]).And.Contains("\"successfulRequestCount\":\"2\""));

        static async Task<string> LiveAsync(SimulatedGemini gemini, bool isWatched)
        {
            gemini.Host.Faults.Batches.Add(new BatchFate { Phases = new() { ["running"] = Day } });
            await gemini.UploadAsync("x", new { name = "files/mine" }, "video/mp4");
            var name = await gemini.SubmitAsync([Line("a"), JsonSerializer.Serialize(new { key = "v", request = Video("files/mine") })]);
            for (var i = 0; i < 60; i++)
            {
                gemini.Advance(3_600);
                if (isWatched)
                {
                    await gemini.BatchAsync(name);
                }
            }
            // The video expired after it was used and before the last look
            Assert.That((await gemini.SendAsync(HttpMethod.Get, "v1beta/files/mine")).Status, Is.EqualTo(403));
            return (await gemini.BatchAsync(name)).ToString();
        }
    }

    [TestCase(4, "PENDING")]
    [TestCase(14, "RUNNING")]
    public async Task A_cancelled_batch_goes_on_for_a_moment_and_has_no_results(double seconds, string before)
    {
        var name = await _gemini.SubmitAsync(Lines(10));
        _gemini.Advance(seconds);
        var (status, answer) = await _gemini.SendAsync(HttpMethod.Post, $"v1beta/{name}:cancel");
        Assert.That((status, answer.ToString(), State(await _gemini.BatchAsync(name))), Is.EqualTo((200, "{}", $"BATCH_STATE_{before}")));
        Assert.That((await _gemini.SendAsync(HttpMethod.Post, $"v1beta/{name}:cancel")).Status, Is.EqualTo(200));
        _gemini.Advance(10);
        var batch = await _gemini.BatchAsync(name);
        Assert.That((State(batch), batch.GetProperty("error").GetProperty("code").GetInt32(), batch.GetProperty("done").GetBoolean()), Is.EqualTo(("BATCH_STATE_CANCELLED", 1, true)));
        Assert.That((batch.TryGetProperty("response", out _), batch.GetProperty("metadata").TryGetProperty("output", out _)), Is.EqualTo((false, false)));
        Assert.That(_gemini.Host.Ledger.Summary().PaidItems, Is.Zero);
    }

    [Test]
    public async Task A_batch_that_has_ended_cannot_be_cancelled()
    {
        var name = await _gemini.SubmitAsync(Lines(1));
        await _gemini.FinishedAsync(name);
        Assert.That(Error(await _gemini.SendAsync(HttpMethod.Post, $"v1beta/{name}:cancel")), Is.EqualTo((400, "FAILED_PRECONDITION")));
    }

    [TestCase("pending", 10)]
    [TestCase("running", 10)]
    public async Task A_batch_that_is_stuck_expires_after_48_hours_with_nothing(string phase, int requests)
    {
        _gemini.Host.Faults.Batches.Add(new BatchFate { Phases = new() { [phase] = 3 * Day } });
        var name = await _gemini.SubmitAsync(Lines(requests));
        _gemini.Advance((2 * Day) - 1);
        Assert.That(State(await _gemini.BatchAsync(name)), Is.EqualTo($"BATCH_STATE_{phase.ToUpperInvariant()}"));
        _gemini.Advance(1);
        var batch = await _gemini.BatchAsync(name);
        Assert.That((State(batch), Stats(batch)), Is.EqualTo(("BATCH_STATE_EXPIRED", """{"requestCount":"10"}""")));
        Assert.That((batch.TryGetProperty("response", out _), batch.GetProperty("error").GetProperty("code").GetInt32()), Is.EqualTo((false, 4)));
        Assert.That(_gemini.Host.Ledger.Summary().PaidItems, Is.Zero);
    }

    [TestCase(BatchEnd.Completed, "SUCCEEDED", 6)]
    [TestCase(BatchEnd.Expired, "EXPIRED", 0)]
    [TestCase(BatchEnd.Cancelled, "CANCELLED", 0)]
    public async Task A_batch_ends_as_it_is_meant_to(BatchEnd end, string state, int paid)
    {
        _gemini.Host.Faults.Batches.Add(new BatchFate { End = end, Fraction = 0.6 });
        var name = await _gemini.SubmitAsync(Lines(10));
        _gemini.Advance(30);
        var batch = await _gemini.BatchAsync(name);
        Assert.That((State(batch), _gemini.Host.Ledger.Summary().PaidItems), Is.EqualTo(($"BATCH_STATE_{state}", (long)paid)));
        Assert.That(paid == 0 ? 0 : (await _gemini.LinesAsync(batch)).Length, Is.EqualTo(paid));
    }

    [TestCase("server_error", 13)]
    [TestCase("INVALID_ARGUMENT", 3)]
    [TestCase("8", 8)]
    [TestCase("503", 14)]
    public async Task Only_the_second_batch_is_meant_to_fail(string code, int shown)
    {
        _gemini.Host.Faults.Batches.Add(new BatchFate { Nth = 2, End = BatchEnd.Failed, Code = code, Message = "No." });
        var first = await _gemini.SubmitAsync(Lines(1));
        var second = await _gemini.SubmitAsync(Lines(1));
        Assert.That(State(await _gemini.FinishedAsync(first)), Is.EqualTo("BATCH_STATE_SUCCEEDED"));
        var batch = await _gemini.BatchAsync(second);
        Assert.That(State(batch), Is.EqualTo("BATCH_STATE_FAILED"));
        Assert.That(batch.GetProperty("error").ToString(), Is.EqualTo($$"""{"code":{{shown}},"message":"No."}"""));
    }

    [Test]
    public async Task The_same_call_twice_makes_two_batches()
    {
        var file = await _gemini.UploadAsync(Lines(3));
        string[] names = [await _gemini.CreatedAsync(FileInput(file)), await _gemini.CreatedAsync(FileInput(file))];
        Assert.That(names[0], Is.Not.EqualTo(names[1]));
        await _gemini.FinishedAsync(names[0]);
        var summary = _gemini.Host.Ledger.Summary();
        Assert.That((summary.PaidItems, summary.PaidMoreThanOnce.Count, summary.Overlap.Count), Is.EqualTo((6L, 3, 3)));
    }

    [Test]
    public async Task A_deleted_batch_is_out_of_sight_and_runs_on()
    {
        await _gemini.ControlAsync("config", new { gemini = new { max_concurrent_batches = 1 } });
        var name = await _gemini.SubmitAsync(Lines(3));
        Assert.That((await _gemini.SendAsync(HttpMethod.Delete, $"v1beta/{name}")).Status, Is.EqualTo(200));
        Assert.That(Error(await _gemini.SendAsync(HttpMethod.Get, $"v1beta/{name}")), Is.EqualTo((404, "NOT_FOUND")));
        Assert.That((await _gemini.SendAsync(HttpMethod.Get, "v1beta/batches")).Body.ToString(), Is.EqualTo("{}"));
        Assert.That((await _gemini.CreateAsync(Inside(new { request = Request("hi") }))).Status, Is.EqualTo(429));
        _gemini.Advance(20);
        Assert.That((await _gemini.ControlAsync("ledger/summary")).GetProperty("paid_items").GetInt32(), Is.EqualTo(3));
    }

    [Test]
    public async Task By_hand_a_batch_waits_for_each_step()
    {
        await _gemini.ControlAsync("config", new { manual = true });
        var name = await _gemini.SubmitAsync(Lines(1));
        _gemini.Advance(3 * Day);
        Assert.That(State(await _gemini.BatchAsync(name)), Is.EqualTo("BATCH_STATE_PENDING"));
        await _gemini.ControlAsync("advance", new { batch = name });
        Assert.That(State(await _gemini.BatchAsync(name)), Is.EqualTo("BATCH_STATE_RUNNING"));
    }

    private static object Video(string fileUri) => new { contents = new[] { new { parts = new object[] { new { fileData = new { fileUri, mimeType = "video/mp4" } }, new { text = "Summarise" } } } } };
}
