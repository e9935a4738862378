using System.Net.Http.Headers;
using System.Text;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

/// <summary>What callers see while the disk of a store in this process runs low.</summary>
internal sealed class StoreFullTests(StoreKind kind) : ControlTest(kind)
{
    private const string Job = """{"job_type":"creative_scoring","provider":"openai","data":{"model":"gpt-4o","messages":[]}}""";
    private long _free;

    [TestCase("/batch/queue", Job, "application/json")]
    [TestCase("/batch/queue/bulk", "[" + Job + "]", "application/json")]
    [TestCase("/batch/queue/bulk", Job + "\n", "application/x-ndjson")]
    [TestCase("/batch/queue/bulk?ids=true", Job + "\n", "application/x-ndjson")]
    public async Task Jobs_are_refused_with_507_and_nothing_is_queued(string path, string body, string type)
    {
        _free = DiskRoom.Least - 1;
        using var refused = await PostAsync(path, body, type);
        Assert.That((int)refused.StatusCode, Is.EqualTo(507));
        Assert.That(await refused.Content.ReadAsStringAsync(), Does.Contain("urn:batchworker:store_full"));
        Assert.That((await Host.GetAsync("/batch/queue/status")).GetProperty("total").GetInt64(), Is.Zero);

        _free = DiskRoom.Least;
        Host.Time.Advance(TimeSpan.FromSeconds(1));
        using var accepted = await PostAsync(path, body, type);
        Assert.That((int)accepted.StatusCode, Is.EqualTo(202));
    }

    protected override Task<ControlHost> StartAsync() => ControlHost.StartAsync(room: time => new DiskRoom(() => _free, time));

    private Task<HttpResponseMessage> PostAsync(string path, string body, string type) =>
        Host.Client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type)));
}
