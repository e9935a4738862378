using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace BatchWorker.Benchmarks;

/// <summary>Jobs of many lanes and priorities: one in twenty is an embedding that the simulator answers, ten have a deadline.</summary>
internal sealed class ListJobs(int count, TimeSpan untilDeadline)
{
    private const int OverdueJobs = 10;
    private static readonly string[] s_types = ["creative_scoring", "historical_reprocessing", "training_data_prep", "video_analysis"];

    public int Count => count;

    public int Embeddings => Enumerable.Range(0, count).Count(IsEmbedding);

    public static int Overdue => OverdueJobs;

    /// <summary>Posts jobs as one body of lines; answers their ids in the order of acceptance.</summary>
    public async Task<List<string>> PostAsync(HttpClient http, int from, int most)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/batch/queue/bulk?ids=true") { Content = new Lines(this, from, most) };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using var answer = new StreamReader(await response.Content.ReadAsStreamAsync());
        var ids = new List<string>(most);
        while (await answer.ReadLineAsync() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            if (row.RootElement.TryGetProperty("job_id", out var id))
            {
                ids.Add(id.GetString()!);
            }
            else if (!row.RootElement.GetProperty("complete").GetBoolean() || row.RootElement.GetProperty("rejected").GetInt32() > 0)
            {
                throw new InvalidOperationException($"Not all was taken: {line}");
            }
        }
        return ids;
    }

    private string Line(int i)
    {
        var (type, priority) = (s_types[i % s_types.Length], 1 + (i / 7 % 10));
        var late = i % (count / OverdueJobs) == count / OverdueJobs / 2 ? string.Create(CultureInfo.InvariantCulture, $",\"deadline\":\"{TimeProvider.System.GetUtcNow() + untilDeadline:yyyy-MM-ddTHH:mm:ssZ}\"") : "";
        var head = $"\"priority\":{priority},\"metadata\":{{\"row\":\"{i}\"}}{late}";
        if (IsEmbedding(i))
        {
            return $$$"""{"job_type":"embedding_generation","provider":"openai",{{{head}}},"data":{"model":"text-embedding-3-small","input":"a text {{{i}}}"}}""";
        }
        return (i / s_types.Length % 3) switch
        {
            0 => $$$"""{"job_type":"{{{type}}}","provider":"openai",{{{head}}},"data":{"model":"gpt-4o-{{{i / 12 % 3}}}","messages":[{"role":"user","content":"a text {{{i}}}"}]}}""",
            1 => $$$"""{"job_type":"{{{type}}}","provider":"anthropic",{{{head}}},"data":{"model":"claude-{{{i / 12 % 3}}}","max_tokens":100,"messages":[{"role":"user","content":"a text {{{i}}}"}]}}""",
            _ => $$$"""{"job_type":"{{{type}}}","provider":"gemini",{{{head}}},"data":{"model":"gemini-{{{i / 12 % 3}}}","contents":[{"parts":[{"text":"a text {{{i}}}"}]}]}}""",
        };
    }

    private static bool IsEmbedding(int i) => i % 20 == 19;

    private sealed class Lines : HttpContent
    {
        private readonly ListJobs _jobs;
        private readonly int _from;
        private readonly int _most;

        public Lines(ListJobs jobs, int from, int most)
        {
            (_jobs, _from, _most) = (jobs, from, most);
            Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            for (var i = _from; i < _from + _most; i++)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(_jobs.Line(i) + "\n"));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
