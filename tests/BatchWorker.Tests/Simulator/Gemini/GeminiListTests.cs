using System.Text.Json;
using static BatchWorker.Tests.Simulator.Gemini.SimulatedGemini;

namespace BatchWorker.Tests.Simulator.Gemini;

internal sealed class GeminiListTests
{
    private SimulatedGemini _gemini = null!;

    [SetUp]
    public async Task Start() => _gemini = await StartAsync();

    [TearDown]
    public async Task Stop() => await _gemini.DisposeAsync();

    [Test]
    public async Task Batches_are_listed_newest_first_in_pages_of_10()
    {
        var names = await SubmitAsync(25);
        List<int> sizes = [];
        List<string> seen = [];
        for (var token = ""; token is not null;)
        {
            var (page, next) = await PageAsync(token.Length == 0 ? "" : $"?pageToken={token}");
            sizes.Add(page.Length);
            seen.AddRange(page.Select(Name));
            token = next;
        }
        Assert.That(sizes, Is.EqualTo(new[] { 10, 10, 5 }));
        Assert.That(seen, Is.EqualTo(Enumerable.Reverse(names)));
    }

    [Test]
    public async Task A_walk_is_disturbed_neither_by_what_comes_nor_by_what_goes()
    {
        var names = await SubmitAsync(6);
        var (first, token) = await PageAsync("?pageSize=3");
        await SubmitAsync(2);
        await _gemini.SendAsync(HttpMethod.Delete, $"v1beta/{Name(first[^1])}");
        var (rest, end) = await PageAsync($"?pageSize=3&pageToken={token}");
        Assert.That(first.Concat(rest).Select(Name), Is.EqualTo(Enumerable.Reverse(names)));
        Assert.That(end, Is.Null);
    }

    [TestCase("?pageSize=500", 100)]
    [TestCase("?pageSize=0", 10)]
    public async Task A_page_is_never_larger_than_100(string query, int size)
    {
        await _gemini.ControlAsync("config", new { gemini = new { max_concurrent_batches = 1_000 } });
        await SubmitAsync(101);
        Assert.That((await PageAsync(query)).Batches, Has.Length.EqualTo(size));
    }

    [TestCase("?pageSize=-1")]
    [TestCase("?pageSize=many")]
    [TestCase("?pageToken=%21")]
    [TestCase("?pageToken=abcd")]
    [TestCase("?filter=state")]
    public async Task An_impossible_page_is_refused(string query) =>
        Assert.That(Error(await _gemini.SendAsync(HttpMethod.Get, $"v1beta/batches{query}")), Is.EqualTo((400, "INVALID_ARGUMENT")));

    [Test]
    public async Task An_empty_list_is_an_empty_object() => Assert.That((await _gemini.SendAsync(HttpMethod.Get, "v1beta/batches")).Body.ToString(), Is.EqualTo("{}"));

    [Test]
    public async Task A_new_batch_appears_late_in_lists_but_is_found_by_name_at_once()
    {
        await _gemini.ControlAsync("config", new { gemini = new { list_delay = 300 } });
        var name = (await SubmitAsync(1)).Single();
        _gemini.Advance(299);
        Assert.That((await _gemini.SendAsync(HttpMethod.Get, "v1beta/batches")).Body.ToString(), Is.EqualTo("{}"));
        Assert.That(Name(await _gemini.BatchAsync(name)), Is.EqualTo(name));
        _gemini.Advance(1);
        Assert.That(Name((await PageAsync("")).Batches.Single()), Is.EqualTo(name));
    }

    [Test]
    public async Task A_list_shows_files_of_results_but_not_results()
    {
        var file = await _gemini.SubmitAsync(Lines(1));
        var inside = await _gemini.CreatedAsync(Inside(new { request = Request("hi"), metadata = new { key = "a" } }));
        var whole = await _gemini.FinishedAsync(inside);
        var (batches, _) = await PageAsync("");
        Assert.That(batches[1].ToString(), Is.EqualTo((await _gemini.BatchAsync(file)).ToString()));
        Assert.That((whole.TryGetProperty("response", out _), batches[0].TryGetProperty("response", out _)), Is.EqualTo((true, false)));
        Assert.That(State(batches[0]), Is.EqualTo("BATCH_STATE_SUCCEEDED"));
    }

    [Test]
    public async Task An_unknown_batch_is_not_found()
    {
        Assert.That(Error(await _gemini.SendAsync(HttpMethod.Get, "v1beta/batches/nowhere")), Is.EqualTo((404, "NOT_FOUND")));
        Assert.That(Error(await _gemini.SendAsync(HttpMethod.Post, "v1beta/batches/nowhere:cancel")), Is.EqualTo((404, "NOT_FOUND")));
        Assert.That(Error(await _gemini.SendAsync(HttpMethod.Delete, "v1beta/batches/nowhere")), Is.EqualTo((404, "NOT_FOUND")));
        Assert.That(Error(await _gemini.SendAsync(HttpMethod.Get, "v1beta/tunedModels")), Is.EqualTo((404, "NOT_FOUND")));
    }

    private async Task<List<string>> SubmitAsync(int count)
    {
        var file = await _gemini.UploadAsync(Lines(1));
        List<string> names = [];
        for (var i = 0; i < count; i++)
        {
            names.Add(await _gemini.CreatedAsync(FileInput(file)));
        }
        return names;
    }

    private async Task<(JsonElement[] Batches, string? Token)> PageAsync(string query)
    {
        var (_, body) = await _gemini.SendAsync(HttpMethod.Get, $"v1beta/batches{query}");
        var token = body.TryGetProperty("nextPageToken", out var next) ? next.GetString() : null;
        return ([.. body.GetProperty("operations").EnumerateArray()], token);
    }
}
