using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using static BatchWorker.Tests.Simulator.Gemini.SimulatedGemini;

namespace BatchWorker.Tests.Simulator.Gemini;

internal sealed class GeminiUploadTests
{
    private SimulatedGemini _gemini = null!;

    [SetUp]
    public async Task Start() => _gemini = await StartAsync();

    [TearDown]
    public async Task Stop() => await _gemini.DisposeAsync();

    [Test]
    public async Task A_file_is_described_in_every_detail()
    {
        const string content = "no json, \r\n no end of line, \u00e9";
        var file = await _gemini.UploadAsync(content, new { displayName = "My input", name = "files/bw-1-a" });
        var bytes = Encoding.UTF8.GetBytes(content);
        Assert.That((Name(file), Text(file, "displayName"), Text(file, "mimeType")), Is.EqualTo(("files/bw-1-a", "My input", "application/jsonl")));
        Assert.That((Text(file, "sizeBytes"), Text(file, "sha256Hash")), Is.EqualTo(($"{bytes.Length}", Convert.ToBase64String(SHA256.HashData(bytes)))));
        Assert.That((Text(file, "state"), Text(file, "source"), Text(file, "uri")), Is.EqualTo(("ACTIVE", "UPLOADED", $"{_gemini.Host.GeminiBaseUrl}/v1beta/files/bw-1-a")));
        Assert.That(file.GetProperty("expirationTime").GetDateTimeOffset() - file.GetProperty("createTime").GetDateTimeOffset(), Is.EqualTo(TimeSpan.FromHours(48)));
        Assert.That((await _gemini.SendAsync(HttpMethod.Get, "v1beta/files/bw-1-a")).Body.ToString(), Is.EqualTo(file.ToString()));
    }

    [Test]
    public async Task Names_may_be_spelled_in_snake_case_and_without_their_prefix()
    {
        var file = await _gemini.UploadAsync("x", new { display_name = "Mine", name = "mine", mime_type = "text/plain" });
        Assert.That((Name(file), Text(file, "displayName"), Text(file, "mimeType")), Is.EqualTo(("files/mine", "Mine", "text/plain")));
    }

    [Test]
    public async Task Chunks_add_up_and_each_says_how_far_it_is()
    {
        var url = await _gemini.UploadUrlAsync(length: 10);
        using var first = await _gemini.ChunkAsync(url, "upload", new StringContent("0123"), 0);
        Assert.That(Progress(first), Is.EqualTo(("active", 4)));
        using var second = await _gemini.ChunkAsync(url, "upload", new StringContent("456"), 4);
        Assert.That(Progress(second), Is.EqualTo(("active", 7)));
        using var last = await _gemini.ChunkAsync(url, "upload, finalize", new StringContent("789"), 7);
        Assert.That(Progress(last), Is.EqualTo(("final", 10)));
        var file = (await JsonAsync(last)).Body.GetProperty("file");
        Assert.That((Text(file, "sizeBytes"), Text(file, "sha256Hash")), Is.EqualTo(("10", Convert.ToBase64String(SHA256.HashData("0123456789"u8)))));
    }

    [TestCase(0)]
    [TestCase(3)]
    [TestCase(5)]
    [TestCase(null)]
    public async Task A_chunk_at_another_place_than_the_end_is_refused_and_changes_nothing(int? offset)
    {
        var url = await _gemini.UploadUrlAsync();
        using var first = await _gemini.ChunkAsync(url, "upload", new StringContent("0123"), 0);
        using var wrong = await _gemini.ChunkAsync(url, "upload", new StringContent("xxxx"), offset);
        Assert.That((wrong.StatusCode, Progress(wrong)), Is.EqualTo((HttpStatusCode.BadRequest, ("active", 4))));
        using var query = await _gemini.ChunkAsync(url, "query");
        Assert.That((query.StatusCode, Progress(query)), Is.EqualTo((HttpStatusCode.OK, ("active", 4))));
    }

    [Test]
    public async Task An_upload_whose_connection_broke_goes_on_where_it_stopped()
    {
        var url = await _gemini.UploadUrlAsync(length: 300_000);
        using var disk = new FileSystemWatcher(_gemini.Host.Gemini.Files.Directory.FullName) { EnableRaisingEvents = true };
        var arrived = new TaskCompletionSource();
        disk.Changed += (_, change) => Note(new FileInfo(change.FullPath));
        using (var half = new BrokenContent(new byte[100_000], arrived.Task))
        {
            Assert.That(async () => await _gemini.ChunkAsync(url, "upload, finalize", half, 0), Throws.InstanceOf<HttpRequestException>());
        }
        using var query = await _gemini.ChunkAsync(url, "query");
        Assert.That(Progress(query), Is.EqualTo(("active", 100_000)));
        using var rest = await _gemini.ChunkAsync(url, "upload, finalize", new ByteArrayContent(new byte[200_000]), 100_000);
        Assert.That(Text((await JsonAsync(rest)).Body.GetProperty("file"), "sha256Hash"), Is.EqualTo(Convert.ToBase64String(SHA256.HashData(new byte[300_000]))));

        void Note(FileInfo file)
        {
            if (file.Exists && file.Length == 100_000)
            {
                arrived.TrySetResult();
            }
        }
    }

    [Test]
    public async Task Whoever_lost_the_last_answer_gets_it_again()
    {
        var url = await _gemini.UploadUrlAsync();
        using var first = await _gemini.ChunkAsync(url, "upload, finalize", new StringContent("x"), 0);
        using var again = await _gemini.ChunkAsync(url, "upload, finalize", new StringContent("x"), 0);
        Assert.That((await JsonAsync(again)).Body.ToString(), Is.EqualTo((await JsonAsync(first)).Body.ToString()));
        using var query = await _gemini.ChunkAsync(url, "query");
        Assert.That(Progress(query), Is.EqualTo(("final", 1)));
        Assert.That((await _gemini.SendAsync(HttpMethod.Get, "v1beta/files")).Body.GetProperty("files").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_cancelled_upload_leaves_nothing()
    {
        var url = await _gemini.UploadUrlAsync();
        using var first = await _gemini.ChunkAsync(url, "upload", new StringContent("x"), 0);
        using var cancelled = await _gemini.ChunkAsync(url, "cancel");
        Assert.That(Progress(cancelled).Status, Is.EqualTo("cancelled"));
        using var more = await _gemini.ChunkAsync(url, "upload, finalize", new StringContent("y"), 1);
        Assert.That(more.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(_gemini.Host.Gemini.Files.Directory.EnumerateFiles(), Is.Empty);
    }

    [Test]
    public async Task A_name_that_is_taken_is_refused_at_the_start_and_at_the_end()
    {
        var late = await _gemini.UploadUrlAsync(new { name = "files/one" });
        await _gemini.UploadAsync("x", new { name = "files/one" });
        using var start = await _gemini.StartUploadAsync(new { name = "files/one" });
        Assert.That(Error(await JsonAsync(start)), Is.EqualTo((409, "ALREADY_EXISTS")));
        using var end = await _gemini.ChunkAsync(late, "upload, finalize", new StringContent("y"), 0);
        Assert.That(Error(await JsonAsync(end)), Is.EqualTo((409, "ALREADY_EXISTS")));
    }

    [TestCase("files/Upper")]
    [TestCase("files/-edge")]
    [TestCase("files/edge-")]
    [TestCase("files/under_score")]
    [TestCase("files/12345678901234567890123456789012345678901")]
    public async Task An_impossible_name_is_refused(string name)
    {
        using var response = await _gemini.StartUploadAsync(new { name });
        Assert.That(Error(await JsonAsync(response)), Is.EqualTo((400, "INVALID_ARGUMENT")));
    }

    [Test]
    public async Task Forty_characters_are_a_name() =>
        Assert.That(Name(await _gemini.UploadAsync("x", new { name = "files/1234567890123456789012345678901234567890" })), Has.Length.EqualTo(46));

    [Test]
    public async Task A_file_over_the_limit_is_refused_before_and_after_its_bytes()
    {
        await _gemini.ControlAsync("config", new { gemini = new { max_file_bytes = 10 } });
        using var announced = await _gemini.StartUploadAsync(length: 11);
        Assert.That(Error(await JsonAsync(announced)), Is.EqualTo((400, "INVALID_ARGUMENT")));
        using var silent = await _gemini.ChunkAsync(await _gemini.UploadUrlAsync(), "upload, finalize", new StringContent("01234567890"), 0);
        Assert.That(Error(await JsonAsync(silent)), Is.EqualTo((400, "INVALID_ARGUMENT")));
        Assert.That(Text(await _gemini.UploadAsync("0123456789"), "sizeBytes"), Is.EqualTo("10"));
    }

    [Test]
    public async Task An_upload_that_is_not_as_long_as_announced_is_refused()
    {
        var url = await _gemini.UploadUrlAsync(length: 3);
        using var response = await _gemini.ChunkAsync(url, "upload, finalize", new StringContent("xx"), 0);
        Assert.That(Error(await JsonAsync(response)), Is.EqualTo((400, "INVALID_ARGUMENT")));
    }

    [Test]
    public async Task All_files_together_have_a_limit_too()
    {
        await _gemini.ControlAsync("config", new { gemini = new { max_storage_bytes = 10 } });
        await _gemini.UploadAsync("01234567");
        using var response = await _gemini.StartUploadAsync(length: 3);
        Assert.That(Error(await JsonAsync(response)), Is.EqualTo((429, "RESOURCE_EXHAUSTED")));
    }

    [Test]
    public async Task The_url_of_an_upload_needs_no_key_and_opens_nothing_else()
    {
        var url = await _gemini.UploadUrlAsync();
        using var stranger = new HttpClient { BaseAddress = _gemini.Host.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent("x") };
        request.Headers.Add("X-Goog-Upload-Command", "upload, finalize");
        request.Headers.Add("X-Goog-Upload-Offset", "0");
        using var uploaded = await stranger.SendAsync(request);
        Assert.That(uploaded.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        using var list = await stranger.GetAsync($"gemini/v1beta/files{url.Query}");
        Assert.That(list.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        using var unknown = await stranger.PostAsync("gemini/upload/v1beta/files?upload_id=nobody", null);
        Assert.That(unknown.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task The_status_of_a_chunk_can_be_missing_though_its_bytes_arrived()
    {
        await _gemini.ControlAsync("config", new { gemini = new { omit_upload_status = true } });
        var url = await _gemini.UploadUrlAsync();
        using var chunk = await _gemini.ChunkAsync(url, "upload", new StringContent("0123"), 0);
        Assert.That((chunk.StatusCode, chunk.Headers.Contains("x-goog-upload-status")), Is.EqualTo((HttpStatusCode.OK, false)));
        using var query = await _gemini.ChunkAsync(url, "query");
        Assert.That(Progress(query), Is.EqualTo(("active", 4)));
    }

    [TestCase("multipart", "start")]
    [TestCase("resumable", "begin")]
    [TestCase("resumable", null)]
    public async Task Another_protocol_is_refused(string protocol, string? command)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "gemini/upload/v1beta/files") { Content = new StringContent("{}") };
        request.Headers.Add("X-Goog-Upload-Protocol", protocol);
        if (command is not null)
        {
            request.Headers.Add("X-Goog-Upload-Command", command);
        }
        using var response = await _gemini.Http.SendAsync(request);
        Assert.That(Error(await JsonAsync(response)), Is.EqualTo((400, "INVALID_ARGUMENT")));
    }

    private static string? Text(JsonElement file, string member) => file.GetProperty(member).GetString();

    private static (string Status, long Received) Progress(HttpResponseMessage response) => (
        response.Headers.GetValues("x-goog-upload-status").Single(),
        long.Parse(response.Headers.GetValues("x-goog-upload-size-received").Single(), System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Sends what it has, promises more, and fails when that has arrived.</summary>
    private sealed class BrokenContent(byte[] bytes, Task arrived) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(bytes);
            await stream.FlushAsync();
            await arrived.WaitAsync(TimeSpan.FromSeconds(60));
            throw new IOException("The cable was cut.");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 2 * bytes.Length;
            return true;
        }
    }
}
