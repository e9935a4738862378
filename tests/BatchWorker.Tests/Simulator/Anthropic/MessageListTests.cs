using System.Text.Json;
using static BatchWorker.Tests.Simulator.Anthropic.SimulatedAnthropic;

namespace BatchWorker.Tests.Simulator.Anthropic;

internal sealed class MessageListTests
{
    private SimulatedAnthropic _anthropic = null!;

    [SetUp]
    public async Task Start() => _anthropic = await StartAsync();

    [TearDown]
    public async Task Stop() => await _anthropic.DisposeAsync();

    [Test]
    public async Task Batches_are_listed_newest_first_in_pages_of_20()
    {
        var ids = await SubmitAsync(45);
        List<string> seen = [];
        List<int> sizes = [];
        for (var page = await ListAsync(""); ; page = await ListAsync($"?after_id={seen[^1]}"))
        {
            sizes.Add(page.GetProperty("data").GetArrayLength());
            seen.AddRange(Ids(page));
            Assert.That((Text(page, "first_id"), Text(page, "last_id")), Is.EqualTo((Ids(page)[0], Ids(page)[^1])));
            if (!page.GetProperty("has_more").GetBoolean() || sizes.Count > 3)
            {
                break;
            }
        }
        Assert.That((seen, sizes), Is.EqualTo((Enumerable.Reverse(ids).ToList(), new List<int> { 20, 20, 5 })));
    }

    [Test]
    public async Task A_page_can_be_read_backwards()
    {
        var ids = await SubmitAsync(5);
        var page = await ListAsync($"?before_id={ids[0]}&limit=2");
        Assert.That((Ids(page), page.GetProperty("has_more").GetBoolean()), Is.EqualTo((new[] { ids[2], ids[1] }, true)));
        page = await ListAsync($"?before_id={ids[2]}&limit=2");
        Assert.That((Ids(page), page.GetProperty("has_more").GetBoolean()), Is.EqualTo((new[] { ids[4], ids[3] }, false)));
    }

    [Test]
    public async Task A_full_last_page_says_that_it_is_the_last()
    {
        await SubmitAsync(4);
        Assert.That((await ListAsync("?limit=4")).GetProperty("has_more").GetBoolean(), Is.False);
        Assert.That((await ListAsync("?limit=3")).GetProperty("has_more").GetBoolean(), Is.True);
        Assert.That((await ListAsync("?limit=1000")).GetProperty("data").GetArrayLength(), Is.EqualTo(4));
    }

    [TestCase("?limit=0")]
    [TestCase("?limit=1001")]
    [TestCase("?limit=many")]
    [TestCase("?after_id=msgbatch_nowhere")]
    [TestCase("?before_id=msgbatch_nowhere")]
    [TestCase("?before_id=a&after_id=b")]
    public async Task An_impossible_page_is_refused(string query)
    {
        var (status, body) = await _anthropic.SendAsync(HttpMethod.Get, query);
        Assert.That((status, Error(body).Type), Is.EqualTo((400, "invalid_request_error")));
    }

    [Test]
    public async Task An_empty_list_has_no_ids() =>
        Assert.That((await ListAsync("")).ToString(), Is.EqualTo("""{"data":[],"has_more":false,"first_id":null,"last_id":null}"""));

    [Test]
    public async Task A_new_batch_appears_late_in_lists_but_is_found_by_id_at_once()
    {
        await _anthropic.ConfigureAsync(new { list_delay = 300 });
        var id = (await SubmitAsync(1)).Single();
        _anthropic.Advance(299);
        Assert.That(Ids(await ListAsync("")), Is.Empty);
        var batch = await _anthropic.BatchAsync(id);
        _anthropic.Advance(1);
        Assert.That((await ListAsync("")).GetProperty("data")[0].ToString(), Is.EqualTo(batch.ToString()));
    }

    private async Task<List<string>> SubmitAsync(int count)
    {
        List<string> ids = [];
        for (var i = 0; i < count; i++)
        {
            ids.Add(await _anthropic.SubmitAsync(Requests(1)));
        }
        return ids;
    }

    private async Task<JsonElement> ListAsync(string query) => (await _anthropic.SendAsync(HttpMethod.Get, query)).Body;

    private static string[] Ids(JsonElement page) => [.. page.GetProperty("data").EnumerateArray().Select(Id)];

    private static string? Text(JsonElement page, string member) => page.GetProperty(member).GetString();
}
