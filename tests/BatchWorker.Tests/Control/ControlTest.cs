using System.Text.Json;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

/// <summary>One ledger and one daemon for each test.</summary>
internal abstract class ControlTest(StoreKind kind) : EachStore(kind)
{
    protected ControlHost Host { get; private set; } = null!;

    protected LedgerJobs Jobs => Host.Jobs;

    [SetUp]
    public async Task StartHost() => Host = await StartAsync();

    [TearDown]
    public async Task StopHost() => await Host.DisposeAsync();

    protected virtual Task<ControlHost> StartAsync() => ControlHost.StartAsync();

    /// <summary>All items of a walk, page by page.</summary>
    protected async Task<List<JsonElement>> WalkAsync(string path, int limit)
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await Host.GetAsync($"{path}{(path.Contains('?') ? '&' : '?')}limit={limit}{(cursor is null ? "" : "&cursor=" + cursor)}");
            var found = page.GetProperty(page.TryGetProperty("results", out _) ? "results" : "items").EnumerateArray().ToList();
            Assert.That(found, Has.Count.LessThanOrEqualTo(limit));
            items.AddRange(found);
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        return items;
    }

    /// <summary>All items of a streamed list.</summary>
    protected async Task<List<JsonElement>> StreamAsync(string path)
    {
        using var response = await Host.SendAsync(HttpMethod.Get, path, accept: "application/x-ndjson");
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/x-ndjson"));
        var text = await response.Content.ReadAsStringAsync();
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    protected static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();

    protected static List<string?> Texts(IEnumerable<JsonElement> items, string name) => [.. items.Select(item => Text(item, name))];

    protected static string[] Names(JsonElement item) => [.. item.EnumerateObject().Select(member => member.Name)];
}
