using System.Text.Json;

namespace BatchWorker.Benchmarks;

/// <summary>The jobs that the daemon accepted, by their ids, with the answer that each must get.</summary>
internal sealed class Posted(Workload work)
{
    private readonly Dictionary<string, int> _jobs = new(work.Count);
    private readonly Dictionary<int, string> _rendered = [];

    /// <summary>Different ids.</summary>
    public int Count => _jobs.Count;

    public IReadOnlyCollection<string> Ids => _jobs.Keys;

    /// <summary>Requests that the daemon made of short forms and that lack a text of them.</summary>
    public int WronglyRendered { get; private set; }

    public string ProviderOf(string id) => work.ProviderOf(_jobs[id]);

    /// <summary>Posts some jobs. What short forms become is read before they are sent: from then on it is what must be answered.</summary>
    public async Task PostAsync(Client client, string key, int from, int count)
    {
        var ids = await client.PostAsync(key, body => work.Write(body, from, count), count);
        for (var i = 0; i < count; i++)
        {
            _jobs[ids[i]] = from + i;
            if (work.IsShortForm(from + i))
            {
                await ReadRenderedAsync(client, ids[i], from + i);
            }
        }
    }

    /// <summary>What the simulator says when it has answered the request of this job.</summary>
    public string EchoOf(string id) => _rendered.TryGetValue(_jobs[id], out var rendered) ? rendered : work.EchoAt(_jobs[id]);

    private async Task ReadRenderedAsync(Client client, string id, int job)
    {
        var data = (await client.SendAsync(HttpMethod.Get, "/batch/jobs/" + id)).GetProperty("data");
        var texts = string.Join('\n', Texts(data));
        WronglyRendered += work.WordsAt(job).All(word => texts.Contains(word, StringComparison.Ordinal)) ? 0 : 1;
        _rendered[job] = WorkloadLine.EchoOf(data.GetRawText());
    }

    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Texts(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Texts),
        _ => [],
    };
}
