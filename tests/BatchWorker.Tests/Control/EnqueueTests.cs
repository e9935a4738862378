using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using BatchWorker.Intake;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

/// <summary>What callers send that is no job, or not all of it: refused with the place, nothing queued, nothing of ours told.</summary>
[CancelAfter(60_000)]
internal sealed class EnqueueTests(StoreKind kind) : ControlTest(kind)
{
    private const string Job = """{"job_type":"creative_scoring","provider":"openai","data":{"model":"gpt-4o","messages":[]}}""";
    private const string Canary = "canary-7f3a";

    [TestCase("", 400, "")]
    [TestCase("{", 400, "")]
    [TestCase(Job + "}", 400, "")]
    [TestCase("\"" + Canary + "\"", 422, "")]
    [TestCase("""{"job_type":"creative_scoring","provider":"openai","data":"canary-7f3a"}""", 422, "/data")]
    [TestCase("""{"job_type":"creative_scoring","provider":"openai","priority":9223372036854775808,"data":{"model":"m","messages":["canary-7f3a"]}}""", 422, "/priority")]
    [TestCase("""{"job_type":"creative_scoring","provider":"openai","priority":1e400,"data":{"model":"m","messages":["canary-7f3a"]}}""", 422, "/priority")]
    [TestCase("""{"job_type":"creative_scoring","provider":"openai","data":{"model":"m","messages":[{"canary-7f3a"}]}}""", 400, "")]
    [TestCase("""{"job_type":"creative_scoring","provider":"openai","provider":"canary-7f3a","data":{}}""", 400, "/provider")]
    public async Task What_is_no_job_is_a_problem_with_its_place(string body, int status, string pointer, CancellationToken cancellationToken)
    {
        var problem = await Host.PostAsync("/batch/queue", status, body);
        Assert.That(problem.GetProperty("errors")[0].GetProperty("pointer").GetString(), Is.EqualTo(pointer));
        Assert.That(problem.GetRawText(), Does.Not.Contain(Canary).And.Not.Contain("Exception").And.Not.Contain("System."));
        Assert.That(await TotalAsync(), Is.Zero);
    }

    [Test]
    public async Task Nesting_of_a_thousand_levels_is_refused(CancellationToken cancellationToken)
    {
        var deep = string.Concat(Enumerable.Repeat("[", 1000)) + string.Concat(Enumerable.Repeat("]", 1000));
        var problem = await Host.PostAsync("/batch/queue", 400, Job.Replace("[]", deep, StringComparison.Ordinal));
        Assert.That(problem.GetProperty("errors")[0].GetProperty("pointer").GetString(), Does.StartWith("/data/messages"));
        Assert.That(await TotalAsync(), Is.Zero);
    }

    [Test]
    public async Task Fifty_at_once_with_one_key_are_one_job(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PostAsync(new StringContent(Job, Encoding.UTF8, "application/json"), "key-1", cancellationToken)));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.Accepted), Is.EqualTo(1));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.OK), Is.EqualTo(49));
        Assert.That(answers.Select(answer => answer.Body.GetProperty("job_id").GetString()).Distinct().Count(), Is.EqualTo(1));
        Assert.That(await TotalAsync(), Is.EqualTo(1));

        var other = await PostAsync(new StringContent(Job.Replace("gpt-4o", "gpt-4o-mini", StringComparison.Ordinal), Encoding.UTF8, "application/json"), "key-1", cancellationToken);
        Assert.That((other.Status, other.Body.GetProperty("type").GetString()), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "urn:batchworker:idempotency_conflict")));
        Assert.That(await TotalAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_body_beyond_32_MB_is_refused_whether_it_says_its_length_or_not(CancellationToken cancellationToken)
    {
        var padded = new byte[IntakeOptions.MostBytes + 1];
        padded.AsSpan().Fill((byte)' ');
        Encoding.UTF8.GetBytes(Job, padded);
        Assert.That((await PostAsync(Bytes(padded[..^1]), null, cancellationToken)).Status, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That((await PostAsync(Bytes(padded), null, cancellationToken)).Status, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));

        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/batch/queue") { Content = Bytes(padded) };
        chunked.Headers.TransferEncodingChunked = true;
        using var answer = await Host.Client.SendAsync(chunked, cancellationToken);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(await TotalAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_packed_body_is_not_unpacked(CancellationToken cancellationToken)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Job + new string(' ', 16 << 20)));
        }
        using var content = Bytes(packed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        Assert.That((int)(await PostAsync(content, null, cancellationToken)).Status, Is.EqualTo(400).Or.EqualTo(415));
        Assert.That(await TotalAsync(), Is.Zero);
    }

    [Test]
    public async Task A_body_that_ends_before_its_length_queues_nothing(CancellationToken cancellationToken)
    {
        using (var socket = await ConnectAsync(cancellationToken))
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes($"POST /batch/queue HTTP/1.1\r\nHost: {Host.Client.BaseAddress!.Authority}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{Job}"), cancellationToken);
            socket.Shutdown(SocketShutdown.Send);
            await socket.ReceiveAsync(new byte[4096], cancellationToken);
        }
        Assert.That(await TotalAsync(), Is.Zero);
    }

    [Test]
    public async Task A_caller_who_left_in_the_middle_finds_what_was_taken(CancellationToken cancellationToken)
    {
        const int all = 30;
        const int sent = 20;
        using (var socket = await ConnectAsync(cancellationToken))
        {
            var lines = string.Concat(Enumerable.Repeat(Job + "\n", sent)) + Job[..20];
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                $"POST /batch/queue/bulk HTTP/1.1\r\nHost: {Host.Client.BaseAddress!.Authority}\r\nContent-Type: application/x-ndjson\r\nIdempotency-Key: upload-1\r\nContent-Length: 100000\r\n\r\n{lines}"), cancellationToken);
            while (await TotalAsync() < sent)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        using var body = new StringContent(string.Concat(Enumerable.Repeat(Job + "\n", all)), new MediaTypeHeaderValue("application/x-ndjson"));
        var answer = await PostAsync(body, "upload-1", cancellationToken, "/batch/queue/bulk");
        Assert.That((answer.Body.GetProperty("accepted").GetInt32(), answer.Body.GetProperty("duplicates").GetInt32()), Is.EqualTo((all - sent, sent)));
        Assert.That(await TotalAsync(), Is.EqualTo(all));
    }

    [TestCase("../../etc/passwd")]
    [TestCase("..%2f..%2fetc%2fpasswd")]
    [TestCase("%00")]
    [TestCase("job_%F0%9F%98%80")]
    [TestCase("job_%ff%fe")]
    [TestCase("job_01ARZ3NDEKTSV4RRFFQ69G5FA%0a")]
    public async Task An_id_that_is_none_is_not_found(string id, CancellationToken cancellationToken)
    {
        foreach (var list in new[] { "jobs", "status", "results", "runs" })
        {
            Assert.That(await StatusOfAsync($"/batch/{list}/{id}", cancellationToken), Is.EqualTo(400).Or.EqualTo(404), list);
        }
    }

    [Test]
    public async Task An_id_of_10_kB_is_refused(CancellationToken cancellationToken) =>
        Assert.That(await StatusOfAsync("/batch/jobs/job_" + new string('0', 10_000), cancellationToken), Is.AnyOf(400, 404, 414));

    /// <summary>As it is written: HttpClient would tidy the path up.</summary>
    private async Task<int> StatusOfAsync(string path, CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(cancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {Host.Client.BaseAddress!.Authority}\r\nConnection: close\r\n\r\n"), cancellationToken);
        using var reader = new StreamReader(new NetworkStream(socket));
        var answer = await reader.ReadToEndAsync(cancellationToken);
        Assert.That(answer, Does.Not.Contain("Exception").And.Not.Contain("root:"));
        return int.Parse(answer.Split(' ')[1]);
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Host.Client.BaseAddress!.Host, Host.Client.BaseAddress.Port, cancellationToken);
        return socket;
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(HttpContent content, string? key, CancellationToken cancellationToken, string path = "/batch/queue")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }
        using var answer = await Host.Client.SendAsync(request, cancellationToken);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken)).RootElement);
    }

    private static ByteArrayContent Bytes(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private async Task<int> TotalAsync() => (await Host.GetAsync("/batch/queue/status")).GetProperty("total").GetInt32();
}
