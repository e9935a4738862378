using System.Net.Http.Headers;
using System.Text.Json;
using BatchWorker.Simulator.OpenAi;
using static BatchWorker.Tests.Simulator.SimulatedOpenAi;

namespace BatchWorker.Tests.Simulator;

internal sealed class FileTests
{
    private const double Day = 86_400;
    private SimulatedOpenAi _openAi = null!;

    [SetUp]
    public async Task Start() => _openAi = await StartAsync(settings => settings with { MaxFileBytes = 1_000 });

    [TearDown]
    public async Task Stop() => await _openAi.DisposeAsync();

    [Test]
    public async Task A_file_comes_back_byte_for_byte()
    {
        const string content = "no json, \r\n no end of line, \u00e9 \0 --boundary";
        var (_, file) = await UploadAsync(content);
        Assert.That(file.GetProperty("bytes").GetInt64(), Is.EqualTo(System.Text.Encoding.UTF8.GetByteCount(content)));
        Assert.That(await _openAi.Http.GetStringAsync($"openai/v1/files/{Id(file)}/content"), Is.EqualTo(content));
    }

    [TestCase(1_000, 200)]
    [TestCase(1_001, 400)]
    public async Task A_file_over_the_limit_is_refused_and_not_kept(int bytes, int status)
    {
        var (answered, body) = await UploadAsync(new string('x', bytes));
        Assert.That(answered, Is.EqualTo(status), body.ToString());
        Assert.That((await FilesAsync()).GetProperty("data").GetArrayLength(), Is.EqualTo(status == 200 ? 1 : 0));
    }

    [Test]
    public void The_documented_limit_is_200_MB() => Assert.That(new OpenAiSettings().MaxFileBytes, Is.EqualTo(200_000_000));

    [Test]
    public async Task An_upload_needs_a_known_purpose()
    {
        using var unknown = Form("x", purpose: "fun");
        Assert.That(Param(await _openAi.SendAsync(HttpMethod.Post, "files", unknown)), Is.EqualTo((400, "purpose")));
        using var missing = new MultipartFormDataContent { { new StringContent("x"), "file", "x.jsonl" } };
        Assert.That(Param(await _openAi.SendAsync(HttpMethod.Post, "files", missing)), Is.EqualTo((400, "purpose")));
    }

    [Test]
    public async Task An_upload_needs_a_file()
    {
        using var form = new MultipartFormDataContent { { new StringContent("batch"), "purpose" } };
        Assert.That(Param(await _openAi.SendAsync(HttpMethod.Post, "files", form)), Is.EqualTo((400, "file")));
        Assert.That((await _openAi.SendAsync(HttpMethod.Post, "files", new StringContent("x"))).Status, Is.EqualTo(400));
    }

    [Test]
    public async Task An_upload_that_ends_early_leaves_nothing_on_disk()
    {
        using var half = new StringContent("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.jsonl\"\r\n\r\nhalf a line");
        half.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        Assert.That((await _openAi.SendAsync(HttpMethod.Post, "files", half)).Status, Is.EqualTo(400));
        Assert.That(_openAi.Host.OpenAi.Files.Directory.EnumerateFiles(), Is.Empty);
    }

    [TestCase(null, 30 * Day)]
    [TestCase("3600", 3_600)]
    public async Task A_file_is_gone_when_it_expires(string? seconds, double lifetime)
    {
        var (_, file) = await UploadAsync("x", seconds is null ? [] : [("expires_after[anchor]", "created_at"), ("expires_after[seconds]", seconds)]);
        _openAi.Advance(lifetime - 1);
        Assert.That((await _openAi.SendAsync(HttpMethod.Get, $"files/{Id(file)}")).Status, Is.EqualTo(200));
        _openAi.Advance(1);
        Assert.That((await _openAi.SendAsync(HttpMethod.Get, $"files/{Id(file)}")).Status, Is.EqualTo(404));
        Assert.That((await _openAi.SendAsync(HttpMethod.Get, $"files/{Id(file)}/content")).Status, Is.EqualTo(404));
    }

    [TestCase("3599")]
    [TestCase("2592001")]
    [TestCase("soon")]
    public async Task An_impossible_expiry_is_refused(string seconds) =>
        Assert.That((await UploadAsync("x", ("expires_after[seconds]", seconds))).Status, Is.EqualTo(400));

    [Test]
    public async Task Result_files_are_kept_as_long_as_the_batch_says()
    {
        var file = await _openAi.UploadAsync(Lines(1));
        var body = JsonSerializer.Serialize(new { input_file_id = file, endpoint = Chat, completion_window = "24h", output_expires_after = new { anchor = "created_at", seconds = 7_200 } });
        var (_, created) = await _openAi.SendAsync(HttpMethod.Post, "batches", new StringContent(body));
        var batch = await _openAi.FinishedAsync(Id(created));
        Assert.That(await _openAi.LinesAsync(batch), Has.Length.EqualTo(1));
        _openAi.Advance(7_200);
        Assert.That((await _openAi.SendAsync(HttpMethod.Get, $"files/{batch.GetProperty("output_file_id").GetString()}/content")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task Files_are_listed_newest_first_page_by_page()
    {
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Insert(0, Id((await UploadAsync("x")).File));
        }
        var first = await FilesAsync("?limit=2&purpose=batch");
        Assert.That((Ids(first), first.GetProperty("has_more").GetBoolean()), Is.EqualTo((string.Join(',', ids[..2]), true)));
        var rest = await FilesAsync($"?limit=2&after={ids[1]}");
        Assert.That((Ids(rest), rest.GetProperty("has_more").GetBoolean()), Is.EqualTo((ids[2], false)));
        Assert.That(Ids(await FilesAsync("?order=asc")), Is.EqualTo(string.Join(',', Enumerable.Reverse(ids))));
        Assert.That(Ids(await FilesAsync("?purpose=batch_output")), Is.Empty);
    }

    [Test]
    public async Task A_deleted_input_does_not_disturb_a_batch_that_runs()
    {
        var file = await _openAi.UploadAsync(Lines(3));
        var (_, batch) = await _openAi.CreateAsync(file);
        _openAi.Advance(10);
        Assert.That(Status(await _openAi.BatchAsync(Id(batch))), Is.EqualTo("in_progress"));
        Assert.That((await _openAi.SendAsync(HttpMethod.Delete, $"files/{file}")).Status, Is.EqualTo(200));
        Assert.That((await _openAi.SendAsync(HttpMethod.Delete, $"files/{file}")).Status, Is.EqualTo(404));
        Assert.That(Counts(await _openAi.FinishedAsync(Id(batch))), Is.EqualTo((3, 3, 0)));
    }

    private async Task<(int Status, JsonElement File)> UploadAsync(string content, params (string, string)[] fields)
    {
        using var form = Form(content, fields: fields);
        return await _openAi.SendAsync(HttpMethod.Post, "files", form);
    }

    private async Task<JsonElement> FilesAsync(string query = "") => (await _openAi.SendAsync(HttpMethod.Get, $"files{query}")).Body;

    private static string Ids(JsonElement list) => string.Join(',', list.GetProperty("data").EnumerateArray().Select(Id));

    private static (int, string?) Param((int Status, JsonElement Body) answer) => (answer.Status, answer.Body.GetProperty("error").GetProperty("param").GetString());
}
