using static BatchWorker.Tests.Simulator.Gemini.SimulatedGemini;

namespace BatchWorker.Tests.Simulator.Gemini;

internal sealed class GeminiFileTests
{
    private const double Day = 86_400;
    private SimulatedGemini _gemini = null!;

    [SetUp]
    public async Task Start() => _gemini = await StartAsync();

    [TearDown]
    public async Task Stop() => await _gemini.DisposeAsync();

    [Test]
    public async Task An_upload_is_gone_after_48_hours_and_its_name_is_free_again()
    {
        await _gemini.UploadAsync("x", new { name = "files/one" });
        _gemini.Advance((2 * Day) - 1);
        Assert.That((await _gemini.SendAsync(HttpMethod.Get, "v1beta/files/one")).Status, Is.EqualTo(200));
        _gemini.Advance(1);
        Assert.That(Error(await _gemini.SendAsync(HttpMethod.Get, "v1beta/files/one")), Is.EqualTo((403, "PERMISSION_DENIED")));
        Assert.That(_gemini.Host.Gemini.Files.Directory.EnumerateFiles(), Is.Empty);
        Assert.That(Name(await _gemini.UploadAsync("y", new { name = "files/one" })), Is.EqualTo("files/one"));
    }

    [Test]
    public async Task Files_are_listed_newest_first_page_by_page()
    {
        List<string> names = [];
        for (var i = 0; i < 5; i++)
        {
            names.Insert(0, Name(await _gemini.UploadAsync("x")));
        }
        var (first, token) = await PageAsync("?pageSize=2");
        var (second, next) = await PageAsync($"?page_size=2&page_token={token}");
        var (third, end) = await PageAsync($"?pageSize=2&pageToken={next}");
        Assert.That(first.Concat(second).Concat(third), Is.EqualTo(names));
        Assert.That(end, Is.Null);
    }

    [Test]
    public async Task An_empty_list_is_an_empty_object() => Assert.That((await _gemini.SendAsync(HttpMethod.Get, "v1beta/files")).Body.ToString(), Is.EqualTo("{}"));

    [Test]
    public async Task A_deleted_file_does_not_disturb_a_batch_that_was_created()
    {
        var name = await _gemini.UploadAsync(Lines(3));
        var batch = await _gemini.CreatedAsync(FileInput(name));
        var (status, body) = await _gemini.SendAsync(HttpMethod.Delete, $"v1beta/{name}");
        Assert.That((status, body.ToString()), Is.EqualTo((200, "{}")));
        Assert.That(Error(await _gemini.SendAsync(HttpMethod.Delete, $"v1beta/{name}")), Is.EqualTo((403, "PERMISSION_DENIED")));
        Assert.That(await _gemini.ResultsAsync(await _gemini.FinishedAsync(batch)), Has.Length.EqualTo(3));
    }

    [Test]
    public async Task Results_can_be_downloaded_in_two_ways_and_are_found_in_no_other()
    {
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(3)));
        var name = ResultName(batch);
        Assert.That(name, Does.StartWith("files/batch-").And.Length.GreaterThan("files/".Length + 40));
        var one = await _gemini.Http.GetStringAsync($"gemini/download/v1beta/{name}:download?alt=media");
        var other = await _gemini.Http.GetStringAsync($"gemini/v1beta/{name}:download?alt=media");
        Assert.That(other, Is.EqualTo(one).And.Contains("\"key\":\"job-2\""));
        var (status, body) = await _gemini.SendAsync(HttpMethod.Get, $"v1beta/{name}");
        Assert.That((status, body.GetProperty("error").GetProperty("message").GetString()), Is.EqualTo((400, "* GetFileRequest.name: File ID cannot be more than 40 characters.")));
        Assert.That((await _gemini.SendAsync(HttpMethod.Delete, $"v1beta/{name}")).Status, Is.EqualTo(400));
        Assert.That((await PageAsync("")).Names, Has.Length.EqualTo(1).And.None.StartsWith("files/batch-"));
    }

    [Test]
    public async Task An_upload_cannot_be_downloaded_and_a_download_wants_media()
    {
        var name = Name(await _gemini.UploadAsync("x"));
        Assert.That(Error(await _gemini.SendAsync(HttpMethod.Get, $"v1beta/{name}:download?alt=media")), Is.EqualTo((400, "INVALID_ARGUMENT")));
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(1)));
        Assert.That(Error(await _gemini.SendAsync(HttpMethod.Get, $"v1beta/{ResultName(batch)}:download")), Is.EqualTo((400, "INVALID_ARGUMENT")));
        Assert.That(Error(await _gemini.SendAsync(HttpMethod.Get, "download/v1beta/files/nowhere:download?alt=media")), Is.EqualTo((403, "PERMISSION_DENIED")));
    }

    [Test]
    public async Task Results_are_kept_for_six_weeks()
    {
        var batch = await _gemini.FinishedAsync(await _gemini.SubmitAsync(Lines(1)));
        _gemini.Advance((42 * Day) - 1);
        Assert.That(await _gemini.LinesAsync(batch), Has.Length.EqualTo(1));
        _gemini.Advance(1);
        Assert.That(Error(await _gemini.SendAsync(HttpMethod.Get, $"v1beta/{ResultName(batch)}:download?alt=media")), Is.EqualTo((403, "PERMISSION_DENIED")));
    }

    [Test]
    public async Task A_video_takes_its_time_until_it_is_active()
    {
        await _gemini.ControlAsync("config", new { gemini = new { video_processing = 30 } });
        var video = Name(await _gemini.UploadAsync("x", type: "video/mp4"));
        var text = Name(await _gemini.UploadAsync("x"));
        Assert.That((await StateAsync(video), await StateAsync(text)), Is.EqualTo(("PROCESSING", "ACTIVE")));
        _gemini.Advance(30);
        Assert.That(await StateAsync(video), Is.EqualTo("ACTIVE"));
    }

    private async Task<string?> StateAsync(string name) => (await _gemini.SendAsync(HttpMethod.Get, $"v1beta/{name}")).Body.GetProperty("state").GetString();

    private async Task<(string[] Names, string? Token)> PageAsync(string query)
    {
        var (_, body) = await _gemini.SendAsync(HttpMethod.Get, $"v1beta/files{query}");
        var token = body.TryGetProperty("nextPageToken", out var next) ? next.GetString() : null;
        return ([.. body.GetProperty("files").EnumerateArray().Select(Name)], token);
    }
}
