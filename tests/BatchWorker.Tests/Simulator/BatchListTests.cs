using System.Text.Json;
using static BatchWorker.Tests.Simulator.SimulatedOpenAi;

namespace BatchWorker.Tests.Simulator;

internal sealed class BatchListTests
{
    private SimulatedOpenAi _openAi = null!;

    [SetUp]
    public async Task Start() => _openAi = await StartAsync();

    [TearDown]
    public async Task Stop() => await _openAi.DisposeAsync();

    [Test]
    public async Task Batches_are_listed_newest_first_in_pages_of_20()
    {
        var ids = await SubmitAsync(60);
        List<string> seen = [];
        string? after = null;
        for (var hasMore = true; hasMore && seen.Count <= ids.Count; after = seen[^1])
        {
            var page = await ListAsync(after is null ? "" : $"?after={after}");
            seen.AddRange(page.GetProperty("data").EnumerateArray().Select(Id));
            hasMore = page.GetProperty("has_more").GetBoolean();
            Assert.That(page.GetProperty("last_id").GetString(), Is.EqualTo(seen[^1]));
            Assert.That(page.GetProperty("data").GetArrayLength(), Is.EqualTo(20));
        }
        Assert.That(seen, Is.EqualTo(Enumerable.Reverse(ids)));
    }

    [TestCase("?limit=0")]
    [TestCase("?limit=101")]
    [TestCase("?limit=many")]
    [TestCase("?after=batch_nowhere")]
    public async Task An_impossible_page_is_refused(string query)
    {
        var (status, body) = await _openAi.SendAsync(HttpMethod.Get, $"batches{query}");
        Assert.That((status, body.GetProperty("error").GetProperty("type").GetString()), Is.EqualTo((400, "invalid_request_error")));
    }

    [Test]
    public async Task An_empty_list_has_no_ids()
    {
        var page = await ListAsync("");
        Assert.That((page.GetProperty("first_id").GetString(), page.GetProperty("last_id").GetString(), page.GetProperty("has_more").GetBoolean()), Is.EqualTo(((string?)null, (string?)null, false)));
    }

    [Test]
    public async Task A_new_batch_appears_late_in_lists_but_is_found_by_id_at_once()
    {
        await _openAi.ControlAsync("config", new { openai = new { list_delay = 300 } });
        var id = (await SubmitAsync(1)).Single();
        _openAi.Advance(299);
        Assert.That((await ListAsync("")).GetProperty("data").GetArrayLength(), Is.Zero);
        Assert.That(Id(await _openAi.BatchAsync(id)), Is.EqualTo(id));
        _openAi.Advance(1);
        Assert.That(Id((await ListAsync("")).GetProperty("data")[0]), Is.EqualTo(id));
    }

    [Test]
    public async Task Metadata_is_given_back()
    {
        var (_, batch) = await _openAi.CreateAsync(await _openAi.UploadAsync(Lines(1)), metadata: new { bw_batch = "batch_1", bw_attempt = "1" });
        var listed = (await ListAsync("")).GetProperty("data")[0];
        Assert.That(listed.GetProperty("metadata").ToString(), Is.EqualTo("""{"bw_batch":"batch_1","bw_attempt":"1"}"""));
        Assert.That(listed.ToString(), Is.EqualTo(batch.ToString()));
    }

    [Test]
    public async Task An_unknown_batch_is_not_found()
    {
        var (status, body) = await _openAi.SendAsync(HttpMethod.Get, "batches/batch_nowhere");
        Assert.That((status, body.GetProperty("error").GetProperty("message").GetString()), Is.EqualTo((404, "No such Batch object: batch_nowhere")));
        Assert.That((await _openAi.SendAsync(HttpMethod.Post, "batches/batch_nowhere/cancel")).Status, Is.EqualTo(404));
        Assert.That((await _openAi.SendAsync(HttpMethod.Get, "assistants")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task More_batches_than_an_hour_allows_are_refused_until_it_has_passed()
    {
        await _openAi.ControlAsync("config", new { openai = new { max_batches_per_hour = 2 } });
        await SubmitAsync(2);
        var file = await _openAi.UploadAsync(Lines(1));
        Assert.That((await _openAi.CreateAsync(file)).Status, Is.EqualTo(429));
        _openAi.Advance(3_600);
        Assert.That((await _openAi.CreateAsync(file)).Status, Is.EqualTo(200));
    }

    [TestCase(null)]
    [TestCase("Bearer sk-other")]
    [TestCase("Basic sk-simulator")]
    public async Task Only_a_known_key_is_let_in(string? header)
    {
        using var stranger = new HttpClient { BaseAddress = _openAi.Host.Address };
        if (header is not null)
        {
            stranger.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        }
        foreach (var path in new[] { "batches", "files", "files/file-x/content" })
        {
            using var response = await stranger.GetAsync($"openai/v1/{path}");
            Assert.That((int)response.StatusCode, Is.EqualTo(401), path);
        }
    }

    [Test]
    public async Task Absent_file_ids_can_be_empty_strings()
    {
        await _openAi.ControlAsync("config", new { openai = new { empty_string_ids = true } });
        var batch = await _openAi.BatchAsync((await SubmitAsync(1)).Single());
        Assert.That((batch.GetProperty("output_file_id").GetString(), batch.GetProperty("error_file_id").GetString()), Is.EqualTo(("", "")));
    }

    private async Task<List<string>> SubmitAsync(int count)
    {
        var file = await _openAi.UploadAsync(Lines(1));
        List<string> ids = [];
        for (var i = 0; i < count; i++)
        {
            ids.Add(Id((await _openAi.CreateAsync(file)).Body));
        }
        return ids;
    }

    private async Task<JsonElement> ListAsync(string query) => (await _openAi.SendAsync(HttpMethod.Get, $"batches{query}")).Body;
}
